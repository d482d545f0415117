import fc from 'fast-check';

/** The head of a request around a body that is sent unchanged. */
export interface Head {
  readonly method: string;
  readonly target: string;
  readonly lines: readonly (readonly [string, string])[];
}

const words = (text: string) => text.trim().split(/\s+/);

const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});

const names = words(`
  Host Origin Content-Type Accept Connection Transfer-Encoding Expect Content-Length Content-Encoding
  MCP-Protocol-Version Mcp-Method Mcp-Name Mcp-Session-Id Last-Event-ID Cookie X-Forwarded-Host Forwarded
  X-API-Key Authorization authorization Proxy-Authorization Upgrade TE Trailer Range If-None-Match
  X-HTTP-Method-Override X-Original-URL Sec-Fetch-Site HTTP2-Settings __proto__ constructor
`);
const name = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...names) },
  { weight: 1, arbitrary: fc.constantFrom('AUTHORIZATION ', ' Authorization', 'Accept\x00', '') },
  { weight: 1, arbitrary: latin1 },
);

// No head promises more body than there is, or waits for status 100: a client that hangs does not mean that the server
// hangs.
const values = words(`
  * null */* application/json APPLICATION/JSON text/event-stream text/plain application/json,text/html close
  keep-alive upgrade h2c websocket chunked gzip,chunked 0 -1 1 1,1 +1 0x5 gzip br identity
  2025-11-25 2026-07-28 2024-11-05 1900-01-01 tools/call tools/list write_note read_note free bytes=0-1
  https://evil.example http://127.0.0.1 evil.example 127.0.0.1 localhost 127.0.0.1:99999 [::1]:80
  application/json;charset=utf-16 access_token=2 =?utf-8?
`);
const value = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('', 'Bearer x', 'a'.repeat(500), ...values) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['a\r\n b', 'a\r\nX-Injected: 1', 'a\nAuthorization: Bearer x', 'a\rb', 'a\0'],
    ),
  },
  { weight: 1, arbitrary: latin1 },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 20_000 }).map((size) => 'x'.repeat(size)) },
);

const methods = words('GET DELETE PUT PATCH HEAD OPTIONS TRACE QUERY PROPFIND M-SEARCH post FOO');
const method = fc.oneof(
  { weight: 24, arbitrary: fc.constant('POST') },
  { weight: 8, arbitrary: fc.constantFrom(...methods) },
  { weight: 1, arbitrary: fc.constantFrom('', 'POST POST', 'GET\t', '\x00') },
);

const targets = words(`
  //mcp /mcp/ /MCP /mcp;x /mcp%2f /%6dcp /mcp#x /x/../mcp /./mcp /mcp%00 /mcp?%ff * mcp //evil.example/mcp
  http://evil.example/mcp http://127.0.0.1/mcp http:///mcp /healthz /readyz /healthz/../mcp /\\mcp
  /.well-known/oauth-protected-resource /.well-known/oauth-protected-resource/mcp
  /.well-known/oauth-protected-resource/../../mcp /mcp?a=b?c#d /mcp\\..\\x /\u00ff /mcp?__proto__[x]=1
`);
const target = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('/mcp', '/mcp', '/mcp?x=y', '/mcp?access_token=x') },
  {
    weight: 6,
    arbitrary: fc.constantFrom(`/${'a'.repeat(9000)}`, `/mcp?${'a=1&'.repeat(2000)}`, ...targets),
  },
  { weight: 1, arbitrary: fc.constantFrom('', '/mcp [::1]') },
  { weight: 1, arbitrary: latin1.map((text) => `/${text}`) },
);

const many = fc
  .integer({ min: 100, max: 1900 })
  .map((count) => Array.from({ length: count }, () => ['a', 'b'] as const));

/** Heads of requests: allowed by HTTP, forbidden by it, and those that proxies and parsers disagree on. */
export const head: fc.Arbitrary<Head> = fc.record({
  method,
  target,
  lines: fc.oneof(
    { weight: 20, arbitrary: fc.array(fc.tuple(name, value), { maxLength: 4 }) },
    { weight: 1, arbitrary: many },
  ),
});

/** Whether a line may be another `Authorization` to any reader: alone or inside another line. */
export function mayAuthorize([lineName, lineValue]: readonly [string, string]): boolean {
  return /^\s*authorization\s*$/i.test(lineName) || /\n\s*authorization/i.test(lineValue);
}
