import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import type { JsonObject } from '../../src/load/document.js';
import { commandOf } from '../../src/plan/command.js';
import { plan } from '../../src/plan/plan.js';
import type { PlanOptions } from '../../src/plan/types.js';
import { documentOf } from './helpers.js';

const pets: JsonObject = {
  openapi: '3.1.0',
  info: { title: 'Pets', version: '1' },
  servers: [{ url: 'https://api.example.com/v1/' }],
  paths: {
    '/pets': {
      get: {
        operationId: 'listPets',
        tags: ['a'],
        parameters: [{ name: 'q', in: 'query', schema: { type: 'string' } }],
      },
      post: { operationId: 'createPet', tags: ['a', 'b'], security: [{ oauth: ['w'] }] },
    },
    '/pets/{id}': { delete: { operationId: 'deletePet', tags: ['b'] } },
    '/pets/{id}/photos': { get: {} },
  },
  components: { securitySchemes: { oauth: { type: 'oauth2', flows: {} } } },
};

const document = (openapi: JsonObject = pets, url?: string) => documentOf(openapi, url);

function tools(options: PlanOptions): string[] {
  return plan(document(), options).api.tools.map(({ name }) => name);
}

function problems(options: PlanOptions): string[] {
  try {
    plan(document(), options);
  } catch (error) {
    if (error instanceof InputError)
      return error.problems.map(({ code, place }) => `${code} ${place ?? ''}`);
    throw error;
  }
  return [];
}

it.each([
  [
    'Food, Civil Supplies and Consumer Affairs Department',
    'food-civil-supplies-and-consumer-affairs',
  ],
  [`${'a'.repeat(24)} ${'b'.repeat(25)} c`, `${'a'.repeat(24)}-${'b'.repeat(25)}`],
  [`${'a'.repeat(25)} ${'b'.repeat(24)}`, `${'a'.repeat(25)}-${'b'.repeat(24)}`],
  ['x'.repeat(60), 'x'.repeat(50)],
  ['…', 'api'],
])('a server has a name of whole words, from the title %j', (title, name) => {
  const { api, projectName } = plan(document({ ...pets, info: { title, version: '1' } }));
  expect([api.name, projectName]).toEqual([name, `${name}-mcp-server`]);
});

describe('selection', () => {
  it.each<[string[], string[], string[]]>([
    [[], [], ['create_pet', 'delete_pet', 'get_pets_by_id_photos', 'list_pets']],
    [['tag:a'], [], ['create_pet', 'list_pets']],
    [['tag:a'], ['tag:b'], ['list_pets']],
    [['GET /**'], [], ['get_pets_by_id_photos', 'list_pets']],
    [['get /pets'], [], ['list_pets']],
    [['* /pets/*'], [], ['delete_pet']],
    [['* /pets/{id}'], [], ['delete_pet']],
    [['*Pet'], [], ['create_pet', 'delete_pet']],
    [['listPets'], [], ['list_pets']],
    [[], ['DELETE /**', 'POST /**'], ['get_pets_by_id_photos', 'list_pets']],
  ])('include %j, exclude %j', (include, exclude, expected) => {
    expect(tools({ include, exclude })).toEqual(expected);
  });

  it('reports a pattern that matches nothing, is invalid, or leaves nothing', () => {
    const { warnings } = plan(document(), { exclude: ['tag:z'] });
    expect(warnings.map(({ code }) => code)).toContain('PATTERN_MATCHES_NOTHING');
    expect(problems({ include: ['GET pets'] })).toEqual(['INVALID_PATTERN --include']);
    expect(problems({ exclude: ['a\\\\b'] })).toEqual(['INVALID_PATTERN --exclude']);
    expect(problems({ include: ['tag:z'] })[0]).toBe('NO_TOOLS --include, --exclude');
  });
});

it.each([
  ['tag:B', 'tag:b'],
  ['b', 'tag:b'],
  ['list_pets', 'listPets'],
  ['listPets,createPet', 'listPets'],
  ['/pets', '* /pets'],
  ['post', 'post /**'],
  ['"GET /pets"', 'GET /pets'],
  [',', undefined],
  ['https://x.example/pets', undefined],
])('the pattern %j suggests %j', (source, meant) => {
  const { warnings } = plan(document(), { exclude: [source] });
  const [remedy = ''] = warnings.flatMap(({ code, remedy }) =>
    code === 'PATTERN_MATCHES_NOTHING' ? [remedy] : [],
  );
  expect(/Did you mean (".*")\?/.exec(remedy)?.[1]).toBe(meant && JSON.stringify(meant));
});

it('spaces around a pattern or a tag do not matter', () => {
  expect(tools({ include: [' GET /pets ', 'tag: b '] })).toEqual([
    'create_pet',
    'delete_pet',
    'list_pets',
  ]);
});

describe('scopes', () => {
  it('come from the document or from the method, or are empty', () => {
    expect(plan(document(), { oauthServer: 'https://a.example' }).api.scopes).toMatchObject({
      create_pet: [['w']],
      list_pets: [],
    });
    expect(plan(document(), { scopes: 'method' }).api.scopes).toMatchObject({
      create_pet: [['tools:execute']],
      list_pets: [['tools:read']],
    });
    expect(plan(document(), { scopes: 'none' }).api.scopes).toMatchObject({ create_pet: [] });
  });
});

describe('options', () => {
  it('requires a token exactly when an authorization server is named, or with --auth oauth2', () => {
    expect(plan(document()).api.authentication).toBe('none');
    expect(plan(document(), { oauthServer: 'https://a.example' }).api.authentication).toBe(
      'oauth2',
    );
    expect(plan(document(), { auth: 'oauth2' }).api.authentication).toBe('oauth2');
  });

  it('reports all problems at once', () => {
    expect(
      problems({
        oauthServer: 'http://a.example',
        resourceUrl: 'x',
        baseUrl: 'ftp://x',
        name: 'A',
        auth: 'none',
      }),
    ).toEqual([
      'INVALID_OPTION --oauth-server',
      'INVALID_OPTION --resource-url',
      'INVALID_OPTION --base-url',
      'INVALID_OPTION --name',
      'CONFLICTING_OPTIONS --auth',
    ]);
  });

  it.each(['openid-configuration', 'oauth-authorization-server/x'])(
    'refuses the URL of metadata as an issuer: %s',
    (name) => {
      const oauthServer = `https://a.example/.well-known/${name}`;
      expect(problems({ oauthServer })).toEqual(['INVALID_OPTION --oauth-server']);
    },
  );

  it('keeps the issuer byte for byte', () => {
    expect(plan(document(), { oauthServer: 'https://t.auth0.com/' }).api.authorizationServer).toBe(
      'https://t.auth0.com/',
    );
  });

  it('has the arguments that regenerate the same project', () => {
    const options = {
      name: 'p',
      oauthServer: 'https://a.example',
      scopes: 'method',
      include: ['tag:a', 'tag:b'],
      exclude: ['x'],
    } as const;
    expect(commandOf(document(), options)).toEqual([
      'generate',
      '--url',
      'pets.yaml',
      '--name',
      'p',
      '--oauth-server',
      'https://a.example',
      '--scopes',
      'method',
      '--include',
      'tag:a',
      '--include',
      'tag:b',
      '--exclude',
      'x',
    ]);
  });
});

it('does not depend on the order of paths, methods, components and tags', () => {
  const reversed = (value: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(value).toReversed());
  const paths: JsonObject = Object.fromEntries(
    Object.entries(pets['paths'] as Record<string, JsonObject>)
      .map(([path, item]): [string, JsonObject] => [path, reversed(item)])
      .toReversed(),
  );
  const { api } = plan(document());
  expect(JSON.stringify(plan(document({ ...reversed(pets), paths })).api)).toBe(
    JSON.stringify(api),
  );
});

/** One operation, planned; its tool, its scopes and the codes of all warnings. */
function planOne(operation: JsonObject, more: JsonObject = {}, url?: string) {
  const paths = {
    '/x': { post: { operationId: 'op', ...operation } },
    '/y': { get: { operationId: 'other' } },
  };
  const { api, warnings } = plan(document({ ...pets, ...more, paths }, url), {
    oauthServer: 'https://a.example',
  });
  const tool = api.tools.find(({ name }) => name === 'op');
  return { tool, api, scopes: api.scopes['op'], codes: warnings.map(({ code }) => code) };
}

describe('mistakes that must not grant access', () => {
  it.each<[string, JsonObject[keyof JsonObject], unknown]>([
    ['a name instead of an object', ['oauth'], { security: [{ oauth: [] }], scopes: [] }],
    [
      'an object instead of a list',
      { oauth: ['w'] },
      { security: [{ oauth: ['w'] }], scopes: [['w']] },
    ],
    [
      'a scope instead of a list',
      [{ oauth: 'w' }],
      { security: [{ oauth: ['w'] }], scopes: [['w']] },
    ],
    [
      'several scopes in one text',
      [{ oauth: ['a w', ' r ', ''] }],
      { security: [{ oauth: ['a', 'w', 'r'] }], scopes: [['a', 'r', 'w']] },
    ],
    [
      'scopes of a scheme that is not defined',
      [{ login: ['w'] }],
      { security: [{ login: ['w'] }], scopes: [['w']] },
    ],
    [
      'a scheme that is not defined, without scopes',
      [{ login: [] }, { oauth: ['w'] }],
      { security: [{ login: [] }, { oauth: ['w'] }], scopes: [['w']] },
    ],
  ])('reads security with %s', (_, security, expected) => {
    const { tool, scopes } = planOne({ security });
    expect({ security: tool?.request.security, scopes }).toEqual(expected);
  });

  it('treats security without a value as absent', () => {
    const { tool, codes } = planOne({ security: null }, { security: null });
    expect(tool?.name).toBeDefined();
    expect(codes).not.toContain('INVALID_SECURITY');
  });

  it.each<[JsonObject[keyof JsonObject]]>([
    [[null]],
    [7],
    [[{ oauth: 7 }]],
    [[{ oauth: ['w', 7] }]],
    [true],
  ])('skips an operation with the security %j', (security) => {
    const { tool, codes } = planOne({ security });
    expect(tool).toBeUndefined();
    expect(codes).toContain('INVALID_SECURITY');
  });

  it.each<[JsonObject[keyof JsonObject], unknown]>([
    ['admin', [['admin']]],
    [['a', 'b'], [['a', 'b']]],
    [
      [['a'], ['b']],
      [['a'], ['b']],
    ],
  ])('reads x-mcp.scopes %j', (scopes, expected) => {
    const planned = planOne({ security: [{ oauth: ['w'] }], 'x-mcp': { scopes } });
    expect([planned.scopes, planned.codes]).toEqual([expected, []]);
  });

  it.each<[JsonObject[keyof JsonObject]]>([[[1]], [[['a'], 'b']]])(
    'refuses x-mcp.scopes %j',
    (scopes) => {
      const security = [{ oauth: ['w'] }];
      expect(() => planOne({ security, 'x-mcp': { scopes } })).toThrow('INVALID_X_MCP');
    },
  );

  it.each<[unknown, JsonObject]>([
    [true, { security: [] }],
    [undefined, {}],
    [undefined, { security: [{}] }],
    [undefined, { security: [{ oauth: [] }] }],
    [undefined, { security: [{}, { oauth: ['w'] }] }],
    [undefined, { security: [], 'x-mcp': { scopes: ['r'] } }],
    [undefined, { security: [], 'x-mcp': { scopes: [] } }],
  ])('sets isPublic: %j for %j', (expected, operation) => {
    expect(planOne(operation).tool?.isPublic).toBe(expected);
  });

  it('treats an x-mcp.enabled that is not a boolean as false', () => {
    const { tool, codes } = planOne({ 'x-mcp': { enabled: 'false' } });
    expect([tool, codes]).toEqual([undefined, ['INVALID_X_MCP']]);
  });
});

describe('a fault elsewhere in the document', () => {
  it('does not stop the run: a scheme behind a broken reference', () => {
    const components = {
      securitySchemes: { oauth: { $ref: '#/components/securitySchemes/gone' } },
    };
    expect(planOne({}, { components }).codes).toContain('UNKNOWN_SECURITY_SCHEME');
  });

  it('does not remove the tool: a broken response', () => {
    expect(
      planOne({ responses: { 200: { $ref: '#/components/responses/gone' } } }).tool,
    ).toBeDefined();
  });

  it('skips a header with an invalid name', () => {
    const components = {
      securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X API Key' } },
    };
    const { api, codes } = planOne({}, { components });
    expect([api.securitySchemes, codes]).toEqual([{}, ['UNKNOWN_SECURITY_SCHEME']]);
  });

  it.each(['Host', 'X-Forwarded-For', 'X-HTTP-Method-Override', 'Proxy-Authorization'])(
    'offers no argument for the header %s',
    (name) => {
      const { tool, codes } = planOne({
        parameters: [{ name, in: 'header', schema: { type: 'string' } }],
      });
      expect([tool?.request.parameters, codes]).toEqual([undefined, ['PARAMETER_LEFT_OUT']]);
    },
  );
});

it('accepts numbers that YAML made from texts', () => {
  const { api } = plan(document({ ...pets, info: { title: 2024, version: 1.5 } }));
  expect([api.title, api.version]).toEqual(['2024', '1.5']);
});

describe('bodies', () => {
  const encodingOf = (file: JsonObject, schemas: JsonObject = {}) => {
    const schema = { type: 'object', properties: { file } };
    const requestBody = { content: { 'multipart/form-data': { schema } } };
    return planOne({ requestBody }, { components: { schemas } }).tool?.request.body?.encoding;
  };
  const binary = { type: 'string', format: 'binary' };

  it.each<[string, JsonObject]>([
    ['a file', binary],
    ['an optional file', { anyOf: [binary, { type: 'null' }] }],
    ['several files', { type: 'array', items: binary }],
    ['optional files', { anyOf: [{ type: 'array', items: binary }, { type: 'null' }] }],
    ['a file with a note', { allOf: [binary], description: 'x' }],
  ])('send %s as bytes', (_, file) => {
    expect(encodingOf(file)).toEqual({ file: { file: 'always' } });
  });

  it('send a file as the type that its schema names', () => {
    const png = { contentMediaType: 'image/png' };
    const sent = { file: { contentType: 'image/png', file: 'always' } };
    expect(encodingOf(png)).toEqual(sent);
    expect(encodingOf({ type: 'array', items: { ...png, type: 'string' } })).toEqual(sent);
    const named = { type: 'array', items: { $ref: '#/components/schemas/Png' } };
    expect(encodingOf(named, { Png: png })).toEqual(sent);
    const anyFile = { type: 'string', contentMediaType: 'application/octet-stream' };
    expect(encodingOf(anyFile)).toEqual({ file: { file: 'always' } });
  });

  it('send JSON in a part as text', () => {
    expect(encodingOf({ type: 'string', contentMediaType: 'application/json' })).toBeUndefined();
  });

  it('read text/json as JSON', () => {
    const requestBody = { content: { 'text/json': { schema: { type: 'object' } } } };
    expect(planOne({ requestBody }).tool?.inputSchema['properties']).toEqual({
      body: { type: 'object' },
    });
  });
});
