import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, Tool } from '../../templates/src/runtime/api.js';
import { ArgumentError, readArguments } from '../../templates/src/runtime/upstream/arguments.js';
import { createBuildRequest } from '../../templates/src/runtime/upstream/request.js';
import { splitUrl, type Wire } from './oracle.js';

/** One part of a request that two programs write differently. */
export interface Difference {
  readonly part: 'method' | 'path' | 'query' | 'header' | 'body' | 'refused';
  readonly name: string;
  readonly ours: string;
  readonly theirs: string;
}

const build = createBuildRequest({
  baseUrl: 'https://api.example.com',
  ownServers: false,
  serverValues: {},
});

/** Our request; a sentence instead when the arguments are refused. */
export function ours(tool: Tool, args: JsonObject): Wire | string {
  try {
    const { method, path, headers, body } = build(tool.request, readArguments(tool, args));
    return { method, ...splitUrl(path), headers, body: readBody(headers['content-type'], body) };
  } catch (error) {
    if (error instanceof ArgumentError) return error.message;
    throw error;
  }
}

function readBody(contentType = '', body: string | Uint8Array | undefined): unknown {
  if (body === undefined) return undefined;
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  const [, boundary] = /^multipart\/.*boundary=(.*)$/.exec(contentType) ?? [];
  return boundary === undefined ? text : readParts(text, boundary);
}

function readParts(text: string, boundary: string): [string, string][] {
  const parts = text.split(`--${boundary}`).slice(1, -1);
  return parts.map((part) => {
    const [head = '', ...rest] = part.split('\r\n\r\n');
    const [, name = ''] = /name="([^"]*)"/.exec(head) ?? [];
    return [name, rest.join('\r\n\r\n').replace(/\r\n$/, '')];
  });
}

/** The differences between two requests. */
export function compare(mine: Wire, other: Wire): Difference[] {
  const found: Difference[] = [];
  const check = (part: Difference['part'], name: string, a: unknown, b: unknown) => {
    if (!isDeepStrictEqual(a, b)) found.push({ part, name, ours: shown(a), theirs: shown(b) });
  };
  check('method', '', mine.method, other.method);
  check('path', '', mine.path, other.path);
  const names = new Set([...mine.query, ...other.query].map(nameOf));
  for (const name of names) {
    const own = (pairs: readonly string[]) => pairs.filter((pair) => nameOf(pair) === name);
    check('query', name, own(mine.query), own(other.query));
  }
  for (const name of new Set([...Object.keys(mine.headers), ...Object.keys(other.headers)]))
    check('header', name, headerOf(mine, name), headerOf(other, name));
  check('body', '', parsed(mine.body), parsed(other.body));
  return found;
}

function nameOf(pair: string): string {
  return pair.split('=', 1)[0] ?? '';
}

/** A boundary is different each time, and the client adds the type of a multipart body when it sends it. */
function headerOf({ headers }: Wire, name: string): string | undefined {
  const value = headers[name];
  return name === 'content-type' ? value?.replace(/; boundary=.*$/, '') : value;
}

/** JSON is the same in any layout. */
function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 20_000);
}
