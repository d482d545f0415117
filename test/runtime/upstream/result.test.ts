import { describe, expect, test } from 'vitest';
import { toResult } from '../../../templates/src/runtime/upstream/result.js';
import { createSecrets } from '../../../templates/src/runtime/credentials/secrets.js';
import type { UpstreamResponse } from '../../../templates/src/runtime/upstream/transport.js';
import type { Tool } from '../../../templates/src/runtime/api.js';
import { makeTool, textOf } from './wire.js';

const secrets = createSecrets(['s3cret-key']);

const tool = makeTool({}, { properties: { limit: {} } });

function show(
  body: string | Uint8Array,
  type?: string,
  rest: Partial<UpstreamResponse> = {},
  outputSchema?: Tool['outputSchema'],
) {
  const response: UpstreamResponse = {
    method: 'GET',
    path: '/v1/a%20b?api_key=s3cret-key',
    status: 200,
    truncated: false,
    ...rest,
    headers: { ...rest.headers, ...(type !== undefined && { 'content-type': type }) },
    body: Buffer.from(body as string),
  };
  return toResult(response, secrets, {
    tool: { ...tool, ...(outputSchema && { outputSchema }) },
    args: {},
    maxCharacters: 60_000,
  });
}

describe('JSON', () => {
  test.each(['application/json', 'application/problem+json; charset=utf-8', 'text/json'])(
    '%s',
    (type) => {
      const json = '{ "a": 1.10 }';
      const result = show(json, type);
      expect(result).toEqual({ content: [{ type: 'text', text: json }] });
    },
  );

  test.each(['[1]', '"x"', '5', 'null', '{broken'])('%s is text only', (json) => {
    expect(show(json, 'application/json')).toEqual({ content: [{ type: 'text', text: json }] });
  });

  test('a byte order mark is removed', () => {
    expect(textOf(show('\ufeff{"a":1}', 'application/json'))).toBe('{"a":1}');
  });

  test('a key __proto__ is an ordinary key', () => {
    const { structuredContent } = show(
      '{"__proto__":{"x":1}}',
      'application/json',
      {},
      { type: 'object' },
    );
    expect(Object.keys(structuredContent ?? {})).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(structuredContent)).toBe(Object.prototype);
  });

  test('notes are also in structuredContent, for clients that show nothing else', () => {
    const schema = { type: 'object' } as const;
    const rest = { headers: { link: '</a>; rel="next"' }, unfinished: true };
    const shown = (json: string, more = {}) =>
      show(json, 'application/json', more, schema).structuredContent;
    expect(shown('{"a":1}')).toEqual({ a: 1 });
    expect(shown('{"a":1}', rest)).toEqual({
      a: 1,
      _notes: [
        'Link: </a>; rel="next"',
        'The stream had not ended: this is what had arrived by then.',
      ],
    });
    expect(shown('{"_notes":1}', rest)).toEqual({ _notes: 1 });
  });

  test('values that cannot be in structuredContent are not null without a note', () => {
    const schema = { type: 'object', properties: { id: { type: ['number', 'null'] } } } as const;
    const shown = (json: string) => show(json, 'application/json', {}, schema).structuredContent;
    expect(shown('{"id":null}')).toEqual({ id: null });
    for (const id of ['"x"', '1917043659912705297'])
      expect(shown(`{"id":${id}}`)).toEqual({
        id: null,
        _notes: [expect.stringMatching(/^Some values are null only here/)],
      });
  });

  test('deeply nested JSON is shown as received, or shortened to JSON', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect(textOf(show(nested(600), 'application/json'))).toBe(nested(600));
    const [shown, note] = show(nested(100_000), 'application/json').content;
    expect(() => JSON.parse((shown as { text: string }).text) as unknown).not.toThrow();
    expect(note).toEqual({
      type: 'text',
      text: expect.stringContaining('0 of 1 members shown') as string,
    });
  });

  test('truncated JSON ends after its last whole item, with a note', () => {
    const result = show('{"a":[1,2,{"b":3,"c":"x', 'application/json', { truncated: true });
    expect(result.content).toEqual([
      { type: 'text', text: '{"a":[1,2,{"b":3}]}' },
      {
        type: 'text',
        text: 'The response was truncated: it is longer than 23 bytes.',
      },
      { type: 'text', text: 'Ask for less with limit.' },
    ]);
  });

  test('the JSON of a failure has no next page', () => {
    const parameters = [{ name: 'page', in: 'query' as const }];
    const paged = makeTool({ parameters }, { properties: { page: { type: 'integer' } } });
    const body = Buffer.from('{"count":3,"errors":[{"code":1}],"next":"/?page=2"}');
    const answer = (status: number) =>
      textOf(
        toResult(
          { method: 'GET', path: '/', status, headers: {}, body, truncated: false },
          secrets,
          { tool: paged, args: {}, maxCharacters: 60_000 },
        ),
      );
    expect(answer(200)).toContain('Next page: tool {"page":2}');
    expect(answer(422)).not.toContain('Next page');
  });

  test('truncated JSON does not lead to the next page, which would skip items', () => {
    const parameters = ['page', 'limit'].map((name) => ({ name, in: 'query' as const }));
    const paged = {
      ...makeTool({ parameters }, { properties: { page: {}, limit: {} } }),
      fields: ['id'],
    };
    const text = '{"next_page":2,"items":[{"id":1},{"id":2},{"id":3,"name":"x';
    const cut = (fields?: string[]) =>
      textOf(
        toResult(
          {
            ...{ method: 'GET', path: '/', status: 200, headers: {} },
            ...{ body: Buffer.from(text), truncated: true },
          },
          secrets,
          { tool: paged, args: { page: 1 }, fields, maxCharacters: 60_000 },
        ),
      );
    for (const fields of [undefined, ['items.id']]) {
      expect(cut(fields)).not.toContain('Next page');
      expect(cut(fields)).toContain('Smaller page, same position: tool {"page":1');
      expect(cut(fields)).toContain('"limit":2');
    }
  });
});

describe('text', () => {
  test.each([
    'text/plain',
    'text/html',
    'application/xml',
    'image/svg+xml',
    'application/yaml',
    'application/x-ndjson',
  ])('%s', (type) => {
    expect(show('<a/>', type)).toEqual({ content: [{ type: 'text', text: '<a/>' }] });
  });

  test('in its charset', () => {
    expect(textOf(show(Buffer.from('é', 'latin1'), 'text/plain; charset="iso-8859-1"'))).toBe('é');
    expect(textOf(show('é', 'text/plain; charset=nonsense'))).toBe('é');
    const utf8 = 'application/json; charset=utf-8';
    expect(textOf(show(Buffer.from('"é"', 'latin1'), utf8))).toBe('"é"');
    expect(textOf(show(Buffer.from([0xc3, 0xa9, 0xe9]), utf8))).toBe('é\ufffd');
    expect(textOf(show('é', 'text/plain'))).toBe('é');
  });

  test('without a type, if it is UTF-8', () => {
    expect(textOf(show('é'))).toBe('é');
    expect(show(Buffer.from([0xff, 0xfe, 0x00])).content[0]?.type).toBe('resource');
    expect(show('a\0b').content[0]?.type).toBe('resource');
  });

  test('truncated in the middle of a character', () => {
    const bytes = Buffer.from('aé').subarray(0, 2);
    expect(show(bytes, 'text/plain', { truncated: true }).content[0]).toEqual({
      type: 'text',
      text: 'a',
    });
  });
});

describe('bytes', () => {
  const data = Buffer.from([1, 2, 255]);
  const base64 = data.toString('base64');

  test('audio', () => {
    expect(show(data, 'audio/wav; x=y').content).toEqual([
      { type: 'audio', data: base64, mimeType: 'audio/wav' },
    ]);
  });

  const beginnings: Record<string, string> = {
    'image/png': '\x89PNG\r\n\x1a\n\0',
    'image/jpeg': '\xff\xd8\xff\xe0',
    'image/gif': 'GIF89a\xff',
    'image/webp': 'RIFF\0\0\x01\xf0WEBPVP8 ',
  };

  describe.each(Object.entries(beginnings))('%s', (mimeType, beginning) => {
    const image = Buffer.from(beginning, 'latin1');
    test.each([mimeType, 'image/png', 'image/jpg', 'binary/octet-stream', undefined])(
      'called %s',
      (type) => {
        const [block] = show(image, type).content;
        expect(block).toEqual({ type: 'image', data: image.toString('base64'), mimeType });
      },
    );

    test('is not what only has its type', () => {
      expect(show(data, mimeType).content).toMatchObject([
        { type: 'resource', resource: { mimeType: 'application/octet-stream', blob: base64 } },
      ]);
    });
  });

  test('anything else as a resource, whose URI has no query', () => {
    expect(show(data, 'application/pdf').content).toEqual([
      {
        type: 'resource',
        resource: { uri: 'upstream:///v1/a%20b', mimeType: 'application/pdf', blob: base64 },
      },
    ]);
  });

  test.each(['image/tiff', 'application/pdf'])('truncated %s is reported, not sent', (type) => {
    expect(show(data, type, { truncated: true }).content).toEqual([
      {
        type: 'text',
        text: `The response is ${type} of more than 3 bytes: too long to be passed on. Ask for less with limit.`,
      },
    ]);
  });
});

describe('statuses', () => {
  test('an empty response shows its status', () => {
    expect(show('', undefined, { status: 204 })).toEqual({
      content: [{ type: 'text', text: 'The API answered 204 No Content, without a body.' }],
    });
  });

  test('so does one of blanks, because no text may be blank', () => {
    expect(show(' \r\n', 'application/json')).toEqual({
      content: [{ type: 'text', text: 'The API answered 200 OK.' }],
    });
  });

  test.each([400, 404, 500, 599])('%i is an error with status and body', (status) => {
    const result = show('{"why":"because"}', 'application/json', { status });
    expect(result.isError).toBe(true);
    expect(result.structuredContent).toBeUndefined();
    expect(result.content[0]).toMatchObject({ type: 'text' });
    expect(textOf({ content: result.content.slice(0, 1) })).toMatch(
      new RegExp(`^The API answered ${status}.*\\n\\n\\{"why":"because"\\}$`),
    );
  });

  test('an empty error, and one that is an image', () => {
    expect(textOf(show('', undefined, { status: 500 }))).toBe(
      'The API answered 500 Internal Server Error, without a body.',
    );
    expect(
      show(Buffer.from([0xff, 0xd8, 0xff]), 'image/jpeg', { status: 502 }).content.map(
        ({ type }) => type,
      ),
    ).toEqual(['text', 'image']);
  });

  test.each([401, 403])('%i is reported as a problem of the server’s credential', (status) => {
    const headers = { 'www-authenticate': 'Bearer realm="up"', 'set-cookie': 'sid=1' };
    const result = show('no', 'text/plain', { status, headers });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toMatch(/credential of this MCP server, not yours/);
    expect(JSON.stringify(result)).not.toMatch(/realm|sid=1/);
    expect(textOf(show('no', 'text/plain', { status: 404 }))).not.toMatch(/credential/);
  });

  test.each<[string, number, boolean]>([
    ['GET', 302, true],
    ['POST', 307, true],
    ['POST', 303, false],
    ['GET', 303, true],
    ['GET', 304, false],
  ])('%s %i', (method, status, isError) => {
    const headers = { location: 'https://o.example/x' };
    const result = show('', undefined, { method, status, headers });
    expect(result.isError ?? false).toBe(isError);
    expect(textOf(result)).toContain('Location: https://o.example/x');
    expect(textOf(result).includes('not followed')).toBe(status !== 304);
  });

  test('Location, Link, Retry-After and Content-Range are included, other headers are not', () => {
    const headers = {
      location: '/x/1',
      link: '</x?p=2>; rel="next"',
      'retry-after': '5',
      'content-range': 'items 0-24/3573',
      server: 'nginx',
    };
    expect(show('{}', 'application/json', { status: 206, headers }).content.slice(1)).toEqual([
      { type: 'text', text: 'Location: /x/1' },
      { type: 'text', text: 'Link: </x?p=2>; rel="next"' },
      { type: 'text', text: 'Retry-After: 5' },
      { type: 'text', text: 'Content-Range: items 0-24/3573' },
    ]);
  });
});

describe('secrets', () => {
  const escaped = 's3cret\\u002dkey';
  const headers = {
    location: 'https://o.example/?k=s3cret-key',
    link: '<s3cret-key>',
  };

  test.each<[string, ReturnType<typeof show>]>([
    ['JSON', show('{"s3cret-key":["s3cret-key"]}', 'application/json')],
    ['escaped JSON', show(`{"a":{"${escaped}":["${escaped}"]}}`, 'application/json')],
    ['escaped JSON array', show(`["${escaped}"]`, 'application/json')],
    ['text', show('x s3cret-key y', 'text/html')],
    ['an error', show('bad key s3cret-key', 'text/plain', { status: 401 })],
    ['headers', show('', undefined, { status: 302, headers })],
    ['bytes', show(Buffer.from('\xff\0s3cret-key', 'latin1'), 'application/octet-stream')],
    ['a truncated text', show('x s3cret-k', 'text/plain', { truncated: true })],
  ])('in %s', (_, result) => {
    const all = JSON.stringify(result);
    expect(all).not.toMatch(/s3cret|u002d/);
    expect(all).not.toContain(Buffer.from('\xff\0s3cret-key', 'latin1').toString('base64'));
    expect(all).toMatch(/redacted|contains a credential/);
  });

  test('JSON without one stays unchanged', () => {
    expect(textOf(show('{"a": "\\u0041"}', 'application/json'))).toBe('{"a": "\\u0041"}');
  });
});

test('HEAD returns the status and the headers', () => {
  const headers = { etag: '"1"', 'content-length': '12', 'set-cookie': 'a=b' };
  const asked = (method: string) => textOf(show('', 'image/png', { method, headers }));
  expect(asked('HEAD')).toBe(
    'The API answered 200 OK, without a body.\nContent-Type: image/png\nContent-Length: 12\nETag: "1"',
  );
  expect(asked('GET')).toBe('The API answered 200 OK, without a body.');
});
