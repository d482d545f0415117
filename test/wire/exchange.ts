import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../templates/src/runtime/api.js';
import { createCall, type Call } from '../../templates/src/runtime/upstream/call.js';
import { load } from '../../src/load/load.js';
import { plan } from '../../src/plan/plan.js';
import type { Plan } from '../../src/plan/types.js';
import {
  makeSettings,
  startStub,
  textOf,
  type Recorded,
  type Stub,
} from '../runtime/upstream/wire.js';

/** One row: an operation in a document of some version, the arguments of a call, and the expected request. */
export interface WireRow {
  readonly name: string;
  /** The Path Item's key, with parameters of the path. Default `/r`. */
  readonly path?: string;
  /** Default `get`, or `post` if there is a body. */
  readonly method?: string;
  readonly operation: object;
  readonly args: JsonObject;
  /** The request that the API receives, or the message to the caller if nothing is sent. */
  readonly expected: Expected | { readonly refused: RegExp };
}

interface Expected {
  /** The part before the row's own prefix: the path of an operation's server. */
  readonly base?: string;
  /** The request target, exactly as in the request line, below the row's own prefix. */
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | RegExp;
}

/** Runs every row through load, plan and the runtime, against a server that records the raw request. */
export function checkRows(version: string, rows: readonly WireRow[], rest: object = {}): void {
  let stub: Stub;
  let planned: Plan;
  let call: Call;

  beforeAll(async () => {
    stub = await startStub();
    const folder = await mkdtemp(join(tmpdir(), 'wire-'));
    try {
      const file = join(folder, 'openapi.json');
      await writeFile(file, JSON.stringify(documentOf(version, rows, rest)));
      planned = plan(await load(file), { baseUrl: stub.url });
    } finally {
      await rm(folder, { recursive: true });
    }
    const settings = makeSettings(planned.api, { UPSTREAM_BASE_URL: stub.url });
    call = createCall(planned.api, settings);
  });
  afterAll(() => stub.close());

  test.each(rows.map((row, index) => [row.name, row, index] as const))(
    '%s',
    async (_, row, index) => {
      const tool = planned.api.tools.find(({ name }) => name === `row_${index}`);
      if (tool === undefined) throw new Error('The row did not become a tool');
      const before = stub.requests.length;
      const signal = new AbortController().signal;
      const { result } = await call(tool, row.args, { signal, requestId: 'r' });
      const [request, ...others] = stub.requests.slice(before);
      expect(others).toEqual([]);
      if ('refused' in row.expected) {
        expect(request).toBeUndefined();
        expect(textOf(result)).toMatch(row.expected.refused);
        return;
      }
      if (request === undefined) throw new Error(`Nothing was sent: ${textOf(result)}`);
      compare(request, row.expected, `${row.expected.base ?? ''}/${index}`);
    },
  );
}

function compare(request: Recorded, expected: Expected, prefix: string): void {
  expect(request.url.startsWith(prefix)).toBe(true);
  if (expected.target !== undefined) expect(request.url.slice(prefix.length)).toBe(expected.target);
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    const lines = request.headers.filter(([key]) => key === name).map(([, line]) => line);
    expect(lines, name).toEqual(value === undefined ? [] : [value]);
  }
  const body = request.body.toString('utf8');
  if (typeof expected.body === 'string') expect(body).toBe(expected.body);
  if (expected.body instanceof RegExp) expect(body).toMatch(expected.body);
}

function documentOf(version: string, rows: readonly WireRow[], rest: object): object {
  const paths = rows.map(({ path = '/r', method, operation }, index) => {
    const usual = 'requestBody' in operation ? 'post' : 'get';
    return [
      `/${index}${path}`,
      { [method ?? usual]: { ...operation, operationId: `row_${index}` } },
    ];
  });
  return {
    ...(version === '2.0' ? { swagger: version } : { openapi: version }),
    info: { title: 'Rows', version: '1' },
    paths: Object.fromEntries(paths) as object,
    ...rest,
  };
}

/** A row with one parameter named `color`. */
export function parameterRow(
  parameter: { readonly in: string } & JsonObject,
  value: Json,
  wire: string | RegExp,
): WireRow {
  const { in: place, ...rest } = parameter;
  const shown = Object.entries(rest)
    .filter(([key]) => key !== 'schema' && key !== 'items' && key !== 'type')
    .map(
      ([key, item]) => `${key} ${typeof item === 'object' ? JSON.stringify(item) : String(item)}`,
    );
  return {
    name: [place, ...shown, JSON.stringify(value)].join(', '),
    path: place === 'path' ? '/{color}' : '/r',
    operation: { parameters: [{ name: 'color', required: place === 'path', ...parameter }] },
    args: { color: value },
    expected: wire instanceof RegExp ? { refused: wire } : expectedOf(place, wire),
  };
}

function expectedOf(place: string, wire: string): Expected {
  if (place === 'path') return { target: `/${wire}` };
  const nothing = { target: '/r', headers: { color: undefined, cookie: undefined } };
  if (place === 'header') return { ...nothing, headers: { color: wire } };
  if (place === 'cookie') return { ...nothing, headers: { cookie: wire } };
  return { ...nothing, target: wire === '' ? '/r' : `/r?${wire}` };
}
