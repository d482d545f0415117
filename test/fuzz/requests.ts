import fc from 'fast-check';
import type { WireRequest } from '../attack/wire.js';
import type { Grant } from './grants.js';
import type { FuzzStage, Observation } from './stage.js';

/** A header line. */
export type Line = readonly [string, string];

/** How a client sends a token. */
export function bearer({ token }: Grant): Line[] {
  return token === undefined ? [] : [['Authorization', `Bearer ${token}`]];
}

/** Posts a text with the headers of a client. */
export function post(
  stage: FuzzStage,
  text: string,
  more: readonly Line[],
  request: Partial<WireRequest> = {},
): Promise<Observation> {
  const body = Buffer.from(text);
  const headers: Line[] = [
    ['Host', new URL(stage.server.url).host],
    ['Accept', 'application/json, text/event-stream'],
    ['Content-Type', 'application/json'],
    ['Content-Length', String(body.length)],
    ['Connection', 'close'],
    ...more,
  ];
  return stage.observe({ headers, body, ...request });
}

/** A `tools/call` message. */
export function call(name: string, args: unknown): string {
  const params = { name, arguments: args };
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
}

/** The headers of the newer revision, which may contradict the body. */
export const eraLines: fc.Arbitrary<readonly Line[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<readonly Line[]>([]) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        version: fc.constantFrom('2026-07-28', '2025-11-25', '2025-03-26', 'x'),
        method: fc.constantFrom('tools/call', 'tools/list', 'server/discover', 'x'),
        name: fc.constantFrom('free', 'write_note', 'purge', '=?base64?ZnJlZQ==?='),
      })
      .map(({ version, method, name }): Line[] => [
        ['MCP-Protocol-Version', version],
        ['Mcp-Method', method],
        ['Mcp-Name', name],
      ]),
  },
);
