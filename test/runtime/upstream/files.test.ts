import { describe, expect, test } from 'vitest';
import { plan } from '../../../src/plan/plan.js';
import type { Api, Json, JsonObject, Tool } from '../../../templates/src/runtime/api.js';
import { FetchError } from '../../../templates/src/runtime/outgoing.js';
import { listTool } from '../../../templates/src/runtime/listing.js';
import { readArguments } from '../../../templates/src/runtime/upstream/arguments.js';
import {
  createTakeFiles,
  withFileArguments,
} from '../../../templates/src/runtime/upstream/files.js';
import { createBuildRequest } from '../../../templates/src/runtime/upstream/request.js';

const bytes = { type: 'string', format: 'binary', contentMediaType: 'application/octet-stream' };
const base64 = { type: 'string', contentEncoding: 'base64' };

function post(mediaType: string, schema: JsonObject, path: string): [string, JsonObject] {
  const requestBody = { required: true, content: { [mediaType]: { schema } } };
  return [path, { post: { operationId: path.slice(1), requestBody, responses: {} } }];
}

const object = (properties: JsonObject, required: string[] = []) => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});

const api: Api = plan({
  source: 'files.json',
  overlays: [],
  hash: '',
  warnings: [],
  openapi: {
    openapi: '3.1.0',
    info: { title: 'Files', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    paths: Object.fromEntries([
      post('application/octet-stream', bytes, '/raw'),
      post(
        'multipart/form-data',
        object({ file: bytes, note: { type: 'string' } }, ['file', 'note']),
        '/form',
      ),
      post('multipart/form-data', object({ files: { type: 'array', items: bytes } }), '/many'),
      post(
        'multipart/form-data',
        object({ image: { anyOf: [{ type: 'string' }, bytes] } }),
        '/either',
      ),
      post(
        'application/json',
        object({ doc: object({ data: base64, name: { type: 'string' } }) }),
        '/json',
      ),
    ]),
  },
}).api;

function toolOf(name: string, from: Api = withFileArguments(api)): Tool {
  const tool = from.tools.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`There is no tool ${name}.`);
  return tool;
}

const content: Record<string, string> = {
  'https://x.test/a.png': 'PNG',
  'https://x.test/b%20c.txt?sig=1': 'text',
};

/** The body that a call sends. */
async function send(name: string, args: JsonObject, fetched: string[] = []): Promise<string> {
  const takeFiles = createTakeFiles((url) => {
    fetched.push(url);
    const text = content[url];
    return text === undefined
      ? Promise.reject(new FetchError('answered 404'))
      : Promise.resolve({ bytes: Buffer.from(text), mediaType: 'image/png; x=1' });
  });
  const tool = toolOf(name);
  const { args: bare, fetch } = takeFiles(tool, args);
  const read = readArguments(tool, bare);
  const whole = fetch ? await fetch(read, new AbortController().signal) : read;
  const build = createBuildRequest({
    baseUrl: 'https://api.example.com',
    ownServers: true,
    serverValues: {},
  });
  const { body = '', headers } = build(tool.request, whole);
  return `${headers['content-type']?.split(';')[0]}\n${Buffer.from(body as string).toString()}`;
}

const file = (url: string): JsonObject => ({
  download_url: url,
  file_id: 'file_1',
  mime_type: 'text/csv',
  file_name: 'own "name".csv',
});

describe('files by URL', () => {
  test.each<[string, string, JsonObject, RegExp]>([
    [
      'a body that is a file',
      'raw',
      { body: 'https://x.test/a.png' },
      /^application\/octet-stream\nPNG$/,
    ],
    [
      'a file of a form',
      'form',
      { body: { file: 'https://x.test/a.png', note: 'https://x.test/a.png' } },
      /name="file"; filename="a\.png"\r\nContent-Type: image\/png\r\n\r\nPNG\r\n[^]*name="note"\r\n\r\nhttps:\/\/x\.test\/a\.png\r\n/,
    ],
    [
      'several files',
      'many',
      { body: { files: ['https://x.test/a.png', 'QUJD', 'https://x.test/b%20c.txt?sig=1'] } },
      /filename="a\.png"[^]*\r\n\r\nPNG\r\n[^]*\r\n\r\nABC\r\n[^]*filename="b c\.txt"[^]*\r\n\r\ntext\r\n/,
    ],
    [
      'bytes in JSON',
      'json',
      { body: { doc: { data: 'https://x.test/a.png', name: 'https://x.test/a.png' } } },
      /\{"doc":\{"data":"UE5H","name":"https:\/\/x\.test\/a\.png"\}\}$/,
    ],
    ["ChatGPT's own, as an argument", 'raw', { file: file('https://x.test/a.png') }, /\nPNG$/],
    [
      "ChatGPT's own, for a form",
      'form',
      { body: { note: 'n' }, file: file('https://x.test/a.png') },
      /name="note"[^]*name="file"; filename="own %22name%22\.csv"[^]*\r\n\r\nPNG\r\n/,
    ],
    [
      "ChatGPT's own, where the file is",
      'form',
      { body: { note: 'n', file: file('https://x.test/a.png') } },
      /filename="own %22name%22\.csv"/,
    ],
  ])('%s', async (_, name, args, expected) => {
    expect(await send(name, args)).toMatch(expected);
  });

  test('a string that may be a text is treated as one', async () => {
    const fetched: string[] = [];
    const body = await send('either', { body: { image: 'https://x.test/a.png' } }, fetched);
    expect(body).toContain('\r\n\r\nhttps://x.test/a.png\r\n');
    expect(fetched).toEqual([]);
  });

  test('arguments that fit no schema are refused before anything is fetched', async () => {
    const fetched: string[] = [];
    const tried = send('form', { body: { file: 'https://x.test/a.png' }, other: 1 }, fetched);
    await expect(tried).rejects.toThrow('Unknown argument "other"');
    expect(fetched).toEqual([]);
  });

  test('files that cannot be fetched are named', async () => {
    const tried = send('many', { body: { files: ['https://x.test/none'] } });
    await expect(tried).rejects.toThrow('The file at body.files.0 answered 404.');
  });

  test('at most ten of them are accepted', async () => {
    const files = Array.from({ length: 11 }, () => 'https://x.test/a.png');
    await expect(send('many', { body: { files } })).rejects.toThrow('more than 10 files');
  });

  test('all of them together have a limit', async () => {
    const left: number[] = [];
    const takeFiles = createTakeFiles((_, { maxBytes }) => {
      left.push(maxBytes);
      return Promise.resolve({ bytes: Buffer.alloc(1000), mediaType: undefined });
    });
    const args = { body: { files: ['https://x.test/1', 'https://x.test/2'] } };
    await takeFiles(toolOf('many'), args).fetch?.(args, new AbortController().signal);
    expect(left).toEqual([26_214_400, 26_213_400]);
  });

  test.each<[string, Json]>([
    ['raw', 'https://x.test/a.png'],
    ['raw', file('https://x.test/a.png')],
    ['form', { file: 'http://x.test/a.png', note: 'n' }],
    ['json', { doc: { data: 'https://x.test/a.png' } }],
  ])('are refused with the remedy if this server does not fetch files: %s', (name, body) => {
    expect(() => createTakeFiles()(toolOf(name, api), { body })).toThrow(
      'Its operator may allow that with MCP_FETCH_FILES=true.',
    );
  });
});

describe('a listed tool with files', () => {
  const listed = (name: string) => listTool(toolOf(name)) as unknown as JsonObject;

  test('names the arguments that ChatGPT fills', () => {
    expect(listed('raw')['_meta']).toEqual({ 'openai/fileParams': ['file'] });
    expect(listed('form')['_meta']).toEqual({ 'openai/fileParams': ['file'] });
    expect(listed('json')['_meta']).toBeUndefined();
    expect(listTool(toolOf('raw', api))['_meta']).toBeUndefined();
  });

  test('accepts each as an object, and requires neither of the two', () => {
    const { inputSchema } = toolOf('form');
    const { properties, required } = inputSchema as unknown as Record<string, JsonObject>;
    expect(required).toBeUndefined();
    expect(properties?.['file']).toMatchObject({ required: ['download_url', 'file_id'] });
    expect(properties?.['body']).toMatchObject({ required: ['note'] });
  });
});
