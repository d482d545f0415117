// Yours, like all of src/test: `npm test` runs it against the built server, only on this machine.
import assert from 'node:assert/strict';
import { request as rawRequest } from 'node:http';
import { after, test } from 'node:test';
import { generateKeyPair } from 'jose';
import { api } from '../generated/api.js';
import type { Tool } from '../runtime/api.js';
import { isRead } from '../runtime/operations/three.js';
import { offerAll, offerSearch, type CallParams } from './offer.js';
import { freePort, startIssuer, startServer, startUpstream } from './parties.js';
import { readSample } from './samples.js';

const hasTokens = api.authentication === 'oauth2';
const port = await freePort();
const url = `http://127.0.0.1:${port}/mcp`;
const issuer = await startIssuer(url);
const upstream = await startUpstream();
const keys = Object.values(api.securitySchemes).flatMap((scheme) =>
  scheme.type === 'apiKey' ? [[scheme.variable, 'test-key']] : [],
);
const server = await startServer({
  PORT: port,
  MCP_RESOURCE_URL: url,
  ...(hasTokens && { OAUTH_AUTHORIZATION_SERVER: issuer.url }),
  UPSTREAM_BASE_URL: `${upstream.url}/base`,
  UPSTREAM_BEARER_TOKEN: 'test-token',
  UPSTREAM_USERNAME: 'test-user',
  ...(Object.fromEntries(keys) as Record<string, string>),
});
// The tools after main.ts, which may hide, rename and add some.
const served = await listTools();
const announced = await server.announced();
const offered = announced.operations === undefined ? offerAll(served) : offerSearch(served, textOf);
const isGuarded = ({ name }: Tool) => (api.scopes[name] ?? []).length > 0;
const [sampled, guarded, writing] = await Promise.all([
  offered.first(api.tools.filter((tool) => readSample(tool) !== undefined)),
  offered.first(api.tools.filter(isGuarded)),
  offered.first(api.tools.filter((tool) => !isRead(tool))),
]);

after(async () => {
  server.stop();
  await Promise.all([issuer.close(), upstream.close()]);
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly result: Record<string, unknown>;
}

async function post(
  method: string,
  params: object,
  headers: Record<string, string>,
): Promise<Answer> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const text = await answer.text();
  // A response is JSON, or an event stream with one message.
  const event = text.split('\n').find((line) => line.startsWith('data: {'));
  const { result = {} } = JSON.parse(event?.slice('data: '.length) ?? text) as {
    result?: Record<string, unknown>;
  };
  return { status: answer.status, headers: answer.headers, result };
}

async function listTools(): Promise<string[]> {
  const { result } = await post('tools/list', {}, await allScopes());
  return ((result['tools'] ?? []) as { name: string }[]).map(({ name }) => name);
}

/** The text of the result of a call. */
async function textOf(params: CallParams): Promise<string> {
  const { result } = await post('tools/call', params, await allScopes());
  return ((result['content'] ?? []) as { text?: string }[]).map(({ text }) => text).join('\n');
}

async function allScopes(): Promise<Record<string, string>> {
  const scope = Object.values(api.scopes).flat(2).join(' ');
  return hasTokens ? bearer(await issuer.sign({ scope })) : {};
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

test('lists exactly the tools that main.ts serves', async () => {
  assert.equal(served.length, announced.tools);
  assert.deepEqual(await listTools(), [...new Set(served)]);
});

test('refuses other hosts and origins', async () => {
  const status = (headers: Record<string, string>) =>
    new Promise((resolve, reject) => {
      rawRequest(url, { method: 'POST', headers }, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end();
    });
  assert.equal(await status({ Host: 'evil.example' }), 421);
  assert.equal(await status({ Origin: 'https://evil.example' }), 403);
});

const sample = sampled && readSample(sampled);
if (sample !== undefined)
  test(`${sample.tool.name} calls the API as its document describes`, async () => {
    const before = upstream.requests.length;
    const params = offered.paramsOf(sample.tool, sample.args);
    const { result } = await post('tools/call', params, await allScopes());
    const [method, path] = sample.line.split(' ');
    assert.deepEqual(
      upstream.requests.slice(before).map(({ line }) => line.replace(/[?&][^=&]*=test-key/g, '')),
      [`${method} /base${path}`],
      JSON.stringify(result),
    );
  });

const { wrongParamsOf } = offered;
if (writing !== undefined && wrongParamsOf !== undefined)
  test(`never calls ${writing.name} through the tool that only reads`, async () => {
    const before = upstream.requests.length;
    assert.match(await textOf(wrongParamsOf(writing, {})), /is a write operation/);
    assert.equal(upstream.requests.length, before);
  });

if (hasTokens) {
  test('serves its metadata at both well-known paths', async () => {
    for (const path of ['', '/mcp']) {
      const at = new URL(`/.well-known/oauth-protected-resource${path}`, url);
      const metadata = (await (await fetch(at)).json()) as Record<string, unknown>;
      assert.equal(metadata['resource'], url);
      assert.deepEqual(metadata['authorization_servers'], [issuer.url]);
    }
  });

  test('requires a token, and says where to get one', async () => {
    const { status, headers } = await post('tools/list', {}, {});
    assert.equal(status, 401);
    const metadata = new URL('/.well-known/oauth-protected-resource/mcp', url);
    assert.ok(headers.get('www-authenticate')?.includes(`resource_metadata="${metadata}"`));
  });

  const past = Math.floor(Date.now() / 1000) - 3600;
  const bad: Record<string, () => Promise<string>> = {
    'an expired token': () => issuer.sign({ exp: past }),
    'a token without an end': () => issuer.sign({ exp: undefined }),
    'a token for another server': () => issuer.sign({ aud: 'https://other.example/mcp' }),
    'a token of another issuer': () => issuer.sign({ iss: 'https://other.example' }),
    'a token with a forged signature': async () =>
      issuer.sign({}, {}, (await generateKeyPair('ES256')).privateKey),
    'a token without a signature': async () => {
      const [, payload] = (await issuer.sign()).split('.');
      const header = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
      return `${header}.${payload}.`;
    },
    'an ID token': () => issuer.sign({ at_hash: 'x', nonce: 'y' }, { typ: 'JWT' }),
  };
  for (const [name, make] of Object.entries(bad))
    test(`refuses ${name}`, async () => {
      const { status, headers } = await post('tools/list', {}, bearer(await make()));
      assert.equal(status, 401);
      assert.match(headers.get('www-authenticate') ?? '', /error="invalid_token"/);
    });

  test('refuses a token with an unknown key', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const token = await issuer.sign({}, { kid: 'other' }, privateKey);
    assert.equal((await post('tools/list', {}, bearer(token))).status, 401);
  });

  if (guarded !== undefined)
    test(`refuses ${guarded.name} without its scope`, async () => {
      const before = upstream.requests.length;
      const params = offered.paramsOf(guarded, {});
      const { status, headers } = await post('tools/call', params, bearer(await issuer.sign()));
      assert.equal(status, 403);
      const challenge = headers.get('www-authenticate') ?? '';
      assert.match(challenge, /error="insufficient_scope"/);
      const [least = []] = (api.scopes[guarded.name] ?? []).toSorted((a, b) => a.length - b.length);
      // A value that is not a valid scope (RFC 6749 section 3.3) cannot be requested as it is.
      const scopes = least.filter((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
      for (const scope of scopes) assert.ok(challenge.includes(scope));
      assert.equal(upstream.requests.length, before);
    });
}
