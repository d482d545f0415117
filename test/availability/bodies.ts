/** JSON-RPC messages, some of which cost a server more than they cost their sender. */

import type { Attempt } from '../attack/stage.js';

/** The limit of a body, in bytes. */
const MAX_BYTES = 4_194_304;

/** Members of an accepted body: 50,000, less some for the message around the arguments. */
const MAX_MEMBERS = 49_900;

/** How a client speaks: with `initialize`, or by the stateless revision. */
export type Era = 'initialize' | '2026-07-28';

/** Both ways to speak. */
export const eras: readonly Era[] = ['initialize', '2026-07-28'];

/** Members of `_meta` that a request of the stateless revision has, as JSON without the braces. */
const modernMeta = [
  '"io.modelcontextprotocol/protocolVersion":"2026-07-28"',
  '"io.modelcontextprotocol/clientInfo":{"name":"lab","version":"1.0.0"}',
  '"io.modelcontextprotocol/clientCapabilities":{}',
].join();

/** The members of an object of short, different keys: 350,000 of them take 3.5 MB. */
export function members(count: number): string {
  return Array.from({ length: count }, (_, index) => `"${index.toString(36)}_":1`).join();
}

/** A message, from the text of its members after the method. */
export function message(method: string, rest = '"params":{}'): string {
  return `{"jsonrpc":"2.0","id":1,"method":"${method}",${rest}}`;
}

/** A call of a tool, from the text of its arguments. */
export function call(name: string, args = '{}'): string {
  return message('tools/call', `"params":{"name":"${name}","arguments":${args}}`);
}

/** A request as a client of an era sends it; `params` and `meta` are members as text. */
export function inEra(era: Era, method: string, params = '', meta = ''): Attempt {
  const all = [...(era === 'initialize' ? [] : [modernMeta]), meta].filter(Boolean).join();
  const inside = [params, ...(all === '' ? [] : [`"_meta":{${all}}`])].filter(Boolean).join();
  const body = message(method, `"params":{${inside}}`);
  if (era === 'initialize') return { body };
  const name = /^"name":"(\w+)"/.exec(params)?.[1];
  const named: [string, string][] = name === undefined ? [] : [['Mcp-Name', name]];
  return { body, headers: [['MCP-Protocol-Version', era], ['Mcp-Method', method], ...named] };
}

/** A call of a tool in an era. */
export function callInEra(era: Era, name: string, args = '{}', meta = ''): Attempt {
  return inEra(era, 'tools/call', `"name":"${name}","arguments":${args}`, meta);
}

/** The body that takes longest to parse of those that are accepted: as many members and bytes as there may be. */
export function largestBody(name: string): string {
  const each = Math.floor((MAX_BYTES - 1000) / MAX_MEMBERS);
  const member = (index: number) => `${`"${index.toString(36)}_":"`.padEnd(each - 2, 'x')}"`;
  const all = Array.from({ length: MAX_MEMBERS }, (_, index) => member(index));
  return call(name, `{"body":{"k":1,${all.join()}}}`);
}
