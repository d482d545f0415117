import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/load/document.js';
import { object } from '../../src/json.js';
import { planPaths } from './helpers.js';

const json = { 'application/json': { schema: { type: 'object' } } };
const ok = { 200: { description: 'ok', content: json } };
const header = (name: string, schema: JsonObject = {}, required = true): JsonObject => ({
  name,
  in: 'header',
  required,
  schema: { type: 'string', ...schema },
});

/** One planned operation with its warnings. */
function planOne(operation: JsonObject, rest: JsonObject = {}, method = 'post') {
  const { api, warnings, upstream } = planPaths({ '/x': { [method]: operation } }, rest);
  const [tool] = api.tools;
  return { tool, warnings, upstream, args: object(tool?.inputSchema['properties']) };
}

const schemesOf = (securitySchemes: JsonObject): JsonObject => ({
  components: { securitySchemes },
});

describe('Authorization as a parameter', () => {
  it.each<[string, JsonObject]>([
    ['without a scheme', {}],
    ['not required', { parameters: [header('authorization', {}, false)] }],
  ])('is skipped with a warning that names the variable: %s', (_, operation) => {
    const { args, warnings } = planOne({ parameters: [header('Authorization')], ...operation });
    expect(args).toEqual({});
    expect(warnings).toEqual([
      {
        code: 'PARAMETER_LEFT_OUT',
        place: '#/paths/~1x/post',
        message: 'The header Authorization is skipped: a model must not hold credentials.',
        remedy:
          'Set UPSTREAM_BEARER_TOKEN for the server, or describe a security scheme with --overlay.',
      },
    ]);
  });

  it('is treated the same on a path, on an operation, and in a component', () => {
    const { warnings } = planPaths(
      {
        '/a': { parameters: [header('Authorization')], get: {} },
        '/b': { get: { parameters: [{ $ref: '#/components/parameters/A' }] } },
      },
      { components: { parameters: { A: header('Authorization') } } },
    );
    expect(warnings.map(({ place }) => place)).toEqual(['#/paths/~1a/get', '#/paths/~1b/get']);
  });

  it.each<[string, JsonObject]>([
    ['bearer', { type: 'http', scheme: 'bearer' }],
    ['basic', { type: 'http', scheme: 'basic' }],
    ['oauth2', { type: 'oauth2', flows: {} }],
    ['openIdConnect', { type: 'openIdConnect', openIdConnectUrl: 'https://a.example' }],
    ['apiKey', { type: 'apiKey', in: 'header', name: 'authorization' }],
  ])(
    'makes a tool require the %s scheme of the document, although the operation does not',
    (name, scheme) => {
      const { tool, args, warnings, upstream } = planOne(
        { parameters: [header('Authorization')] },
        schemesOf({ [name]: scheme }),
      );
      expect([args, warnings]).toEqual([{}, []]);
      expect(tool?.request.security).toEqual([{ [name]: [] }]);
      expect(upstream.schemes.map(({ name: needed }) => needed)).toEqual([name]);
    },
  );

  it('changes nothing if the operation requires a scheme that fills it', () => {
    const schemes = { a: { type: 'http', scheme: 'bearer' }, b: { type: 'http', scheme: 'basic' } };
    const operation = { parameters: [header('Authorization')], security: [{ a: [] }] };
    const { tool, warnings } = planOne(operation, schemesOf(schemes));
    expect([tool?.request.security, warnings]).toEqual([[{ a: [] }], []]);
  });
});

describe('Accept and Content-Type as parameters', () => {
  const vendor = 'application/vnd.acme.v2+json';
  it.each<[string, JsonObject, string]>([
    ['enum', header('Accept', { enum: [vendor] }), `application/json instead of ${vendor}`],
    ['const', header('accept', { const: vendor }), `application/json instead of ${vendor}`],
    ['default', header('Accept', { default: vendor }, false), `instead of ${vendor}`],
    ['example', { ...header('Accept'), example: vendor }, `instead of ${vendor}`],
    [
      'examples',
      { ...header('Accept'), examples: { a: { value: vendor } } },
      `instead of ${vendor}`,
    ],
    [
      'nothing',
      header('Accept'),
      'the server sends application/json instead of the value from a caller',
    ],
    ['enum', header('Content-Type', { enum: [vendor] }), `application/json instead of ${vendor}`],
    ['enum', header('content-type', { enum: [vendor] }, false), `instead of ${vendor}`],
  ])('report which value of an %s is not sent', (_, parameter, expected) => {
    const { args, warnings } = planOne({
      parameters: [parameter],
      requestBody: { content: json },
      responses: ok,
    });
    expect(Object.keys(args)).toEqual(['body']);
    expect(warnings).toMatchObject([
      { code: 'PARAMETER_LEFT_OUT', message: expect.stringContaining(expected) as string },
    ]);
  });

  it('report it if there is no body', () => {
    const { warnings } = planOne({ parameters: [header('Content-Type', { enum: [vendor] })] });
    expect(warnings.map(({ message }) => message)).toEqual([
      `The header Content-Type is skipped: the server sends nothing (there is no body) instead of ${vendor}.`,
    ]);
  });

  it.each<[string, JsonObject]>([
    ['Accept', header('Accept', { enum: [vendor, 'application/json'] })],
    ['Accept, whose parameters are others', header('Accept', { default: 'application/json; q=1' })],
    ['Content-Type', header('Content-Type', { default: 'application/json' })],
    ['an optional Accept of any kind', header('Accept', {}, false)],
  ])('report nothing if the required value is sent: %s', (_, parameter) => {
    const requestBody = { content: json };
    expect(planOne({ parameters: [parameter], requestBody, responses: ok }).warnings).toEqual([]);
  });
});

describe('a parameter with the name of a scheme', () => {
  const key = (where: string, name: string): JsonObject => ({ type: 'apiKey', in: where, name });
  const schemes = { key: key('header', 'X-Key'), other: key('header', 'x-consumer-id') };

  it('is that credential, beside those that the operation requires', () => {
    const { tool, args, warnings, upstream } = planOne(
      { security: [{ key: [] }], parameters: [header('X-Consumer-Id')] },
      schemesOf(schemes),
    );
    expect([args, warnings]).toEqual([{}, []]);
    expect(tool?.request.security).toEqual([{ key: [], other: [] }]);
    expect(upstream.schemes.map(({ name, needed }) => [name, needed])).toEqual([
      ['key', true],
      ['other', true],
    ]);
  });

  it.each<[string, Json | undefined, boolean, Json]>([
    ['in every alternative', [{ key: [] }, {}], true, [{ key: [], other: [] }, { other: [] }]],
    ['if nothing is stated', undefined, true, [{ other: [] }]],
    ['if nothing is required', [], true, [{ other: [] }]],
    ['first, if it is optional', [{ key: [] }], false, [{ key: [], other: [] }, { key: [] }]],
    ['first, if everything is optional', undefined, false, [{ other: [] }, {}]],
    ['only once', [{ other: [] }], true, [{ other: [] }]],
    [
      'if it is missing',
      [{ other: [] }, { key: [] }],
      true,
      [{ other: [] }, { key: [], other: [] }],
    ],
  ])('is required %s', (_, security, required, expected) => {
    const operation = { parameters: [header('x-consumer-id', {}, required)] };
    const { tool } = planOne(
      { ...operation, ...(security !== undefined && { security }) },
      schemesOf(schemes),
    );
    expect(tool?.request.security).toEqual(expected);
  });

  it.each(['query', 'cookie'])('is the credential in the %s', (where) => {
    const parameters = [{ name: 'token', in: where, required: true, schema: {} }];
    const { tool, args } = planOne({ parameters }, schemesOf({ t: key(where, 'token') }));
    expect([args, tool?.request.security]).toEqual([{}, [{ t: [] }]]);
  });

  it('is either of two schemes with the same name', () => {
    const two = { a: key('header', 'X-Key'), b: key('header', 'x-key') };
    const { tool } = planOne({ parameters: [header('X-KEY')] }, schemesOf(two));
    expect(tool?.request.security).toEqual([{ a: [] }, { b: [] }]);
  });

  it('does not change the scopes that callers of the server need', () => {
    const oauth = { type: 'oauth2', flows: {} };
    const { api } = planPaths(
      {
        '/x': {
          get: {
            operationId: 'x',
            security: [{ oauth: ['read'] }],
            parameters: [header('x-consumer-id', {}, false)],
          },
        },
      },
      schemesOf({ ...schemes, oauth }),
    );
    expect(api.scopes).toEqual({ x: [['read']] });
  });

  it('is an argument in another place', () => {
    const parameters = [{ name: 'X-Key', in: 'query', schema: {} }];
    expect(planOne({ parameters }, schemesOf(schemes)).args).toEqual({ 'X-Key': {} });
  });
});

describe('operations in a vendor’s extension', () => {
  const get = { responses: {} };
  const any = 'x-amazon-apigateway-any-method';

  it('are counted, once for each kind', () => {
    const { api, warnings } = planPaths(
      { '/a': { get }, '/b': { [any]: get }, '/c': { get, [any]: get } },
      { 'x-ms-paths': { '/d?x=1': { get, put: get, parameters: [] }, '/d?x=2': { get } } },
    );
    expect(api.tools).toHaveLength(2);
    expect(warnings.map(({ code, place, message }) => [code, place, message])).toEqual([
      [
        'VENDOR_OPERATIONS',
        '#/x-ms-paths',
        '3 operations are skipped: x-ms-paths is not part of OpenAPI.',
      ],
      ['VENDOR_OPERATIONS', '#/paths', `2 operations are skipped: ${any} is not part of OpenAPI.`],
    ]);
  });

  it('are named if nothing else is left', () => {
    expect(() => planPaths({ '/b': { [any]: get } })).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ code: 'NO_TOOLS' }),
          expect.objectContaining({ code: 'VENDOR_OPERATIONS' }),
        ],
      }) as Error,
    );
  });
});

describe('descriptions', () => {
  const status = { type: 'string', enum: ['ON', 'OFF'], description: 'ON: takes writes.' };
  const described = (description: Json, schema: Json, where = 'query'): JsonObject => ({
    parameters: [{ name: 'p', in: where, description, schema }],
  });
  const rest = { components: { schemas: { Status: status } } };
  const ref = { $ref: '#/components/schemas/Status' };
  const descriptionOf = (operation: JsonObject) =>
    object(planOne(operation, rest).args['p'] ?? null)['description'];

  it.each<[string, JsonObject, string]>([
    ['of a parameter and its schema', described('State', status), 'State\n\nON: takes writes.'],
    ['of one that is elsewhere', described('State', ref), 'State\n\nON: takes writes.'],
    ['of a header', described('State', ref, 'header'), 'State\n\nON: takes writes.'],
    ['if one is empty', described('', ref), 'ON: takes writes.'],
    ['if one is blank', described(' \n', status), 'ON: takes writes.'],
    ['if one covers both', described('State. ON: takes writes.', ref), 'State. ON: takes writes.'],
    ['if the inner one covers both', described('ON', ref), 'ON: takes writes.'],
    ['if only one has a text', described('State', { type: 'string' }), 'State'],
  ])('are both kept %s', (_, operation, expected) => {
    expect(descriptionOf(operation)).toBe(expected);
  });

  it.each<[string, JsonObject]>([
    ['a property', { type: 'object', properties: { p: { ...ref, description: 'State' } } }],
    ['an item', { type: 'array', items: { properties: { p: { ...ref, description: 'State' } } } }],
  ])('are both kept for %s', (_, schema) => {
    const operation = { requestBody: { content: { 'application/json': { schema } } } };
    expect(JSON.stringify(planOne(operation, rest).args)).toContain(
      '"description":"State\\n\\nON: takes writes."',
    );
  });

  it('are both kept for a body, and an empty one is ignored', () => {
    const schema = {
      type: 'object',
      description: 'An order',
      properties: { a: { description: '' } },
    };
    const requestBody = { description: 'What to buy', content: { 'application/json': { schema } } };
    expect(planOne({ requestBody }).args['body']).toEqual({
      type: 'object',
      description: 'What to buy\n\nAn order',
      properties: { a: {} },
    });
  });
});

describe('X-Request-Id', () => {
  it.each(['X-Request-Id', 'x-request-id'])('is an argument when it is declared as %s', (name) => {
    const { args, warnings } = planOne({ parameters: [header(name, {}, false)] });
    expect([args, warnings]).toEqual([{ [name]: { type: 'string' } }, []]);
  });
});

describe('skipped parts have a remedy', () => {
  const body = { content: { 'application/json': { schema: {} } } };

  it.each<[JsonObject, string, RegExp]>([
    [{ parameters: [{ in: 'query' }] }, 'post', /^Name it .*--overlay\.$/],
    [{ parameters: [{ name: 'a', in: 'body?' }] }, 'post', /^Set "in" with --overlay\.$/],
    [{ parameters: [{ name: 'a', in: 'path' }] }, 'post', /^Add \{a\} to the path .*query/],
    [{ parameters: [header('Größe')] }, 'post', /^Correct its name/],
    [{ parameters: [header('Cookie')] }, 'post', /^Describe its values as cookie parameters/],
    [
      { parameters: [header('Referer')] },
      'post',
      /^If the API needs it, set it in UPSTREAM_HEADERS/,
    ],
    [{ parameters: [header('Host')] }, 'post', /^Remove it with --overlay/],
    [{ requestBody: body }, 'get', /POST,? .*--overlay\.$/],
  ])('%j', (operation, method, remedy) => {
    const { warnings } = planOne(operation, {}, method);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.code).toMatch(/^(PARAMETER|BODY)_LEFT_OUT$/);
    expect(warnings[0]?.remedy).toMatch(remedy);
  });
});
