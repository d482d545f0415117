import { describe, expect, it } from 'vitest';
import { compareApis } from '../../src/diff/compare-apis.js';
import type { Api, ServerVariable } from '../../templates/src/runtime/api.js';
import type { Json, JsonObject } from '../../src/json.js';
import { plan } from '../../src/plan/plan.js';
import type { PlanOptions } from '../../src/plan/types.js';
import { documentOf } from '../plan/helpers.js';
import { base, changesBetween, lines, patched } from './documents.js';

type Row = readonly [title: string, patch: JsonObject, ...changes: string[]];

const list = (operation: JsonObject): JsonObject => ({ paths: { '/pets': { get: operation } } });
const remove = (operation: JsonObject): JsonObject => ({
  paths: { '/pets/{id}': { delete: operation } },
});
const hints = (annotations: JsonObject) => list({ 'x-mcp': { annotations } });
const scheme = (name: string, value: Json): JsonObject => ({
  components: { securitySchemes: { [name]: value } },
});

const list_pets = (base['paths'] as Record<string, JsonObject>)['/pets']?.['get'] as JsonObject;

const scopes: Row[] = [
  [
    'one scope more',
    list({ security: [{ oauth: ['read', 'list'] }] }),
    'security SCOPES_MORE list_pets scopes',
  ],
  [
    'one scope or another',
    list({ 'x-mcp': { scopes: [['read'], ['list']] } }),
    'security SCOPES_LESS list_pets scopes',
  ],
  [
    'one scope more, of which callers need to know nothing',
    list({ security: [{ oauth: ['read', 'list'] }], 'x-mcp': { scopes: ['read'] } }),
    'security UPSTREAM_SCOPES_CHANGED list_pets security',
  ],
  [
    'another scope',
    list({ 'x-mcp': { scopes: ['list'] } }),
    'security SCOPES_DIFFERENT list_pets scopes',
  ],
  ['no scope', list({ 'x-mcp': { scopes: [] } }), 'security SCOPES_DROPPED list_pets scopes'],
  [
    'a scope where there was none',
    { paths: { '/pets/{id}': { get: { 'x-mcp': { scopes: ['read'] } } } } },
    'security SCOPES_ADDED get_pet scopes',
  ],
  [
    'an alternative that another one includes',
    list({ 'x-mcp': { scopes: [['read'], ['read', 'list']] } }),
  ],
  [
    'other implications',
    { 'x-mcp': { implies: { admin: ['read'] } } },
    'security IMPLIES_CHANGED * implies.admin',
  ],
  ['the order of implications', { 'x-mcp': { implies: { admin: ['write', 'read'] } } }],
  [
    'an implication more',
    { 'x-mcp': { implies: { write: ['read'] } } },
    'security IMPLIES_CHANGED * implies.write',
  ],
];

const requirements: Row[] = [
  [
    'no security any more',
    list({ security: null }),
    'security SCOPES_DROPPED list_pets scopes',
    'security UPSTREAM_SECURITY_LOST list_pets security',
  ],
  [
    'explicitly no security',
    list({ security: [] }),
    'security TOOL_PUBLIC list_pets',
    'security SCOPES_DROPPED list_pets scopes',
    'security UPSTREAM_SECURITY_LOST list_pets security',
  ],
  [
    'security that is optional',
    list({ security: [{ oauth: ['read'] }, {}] }),
    'security UPSTREAM_SECURITY_LOST list_pets security',
  ],
  [
    'security',
    { paths: { '/pets/{id}': { get: { security: [{ key: [] }] } } } },
    'security UPSTREAM_SECURITY_GAINED get_pet security',
  ],
  [
    'security of the whole document',
    { security: [{ key: [] }] },
    'security UPSTREAM_SECURITY_GAINED get_pet security',
  ],
  [
    'an alternative less',
    remove({ security: [{ oauth: ['write'] }] }),
    'security UPSTREAM_SECURITY_CHANGED delete_pet security',
  ],
  [
    'both instead of either',
    remove({ security: [{ oauth: ['write'], key: [] }] }),
    'security UPSTREAM_SECURITY_CHANGED delete_pet security',
  ],
  [
    'the order of alternatives, which is that of preference',
    remove({ security: [{ key: [] }, { oauth: ['write'] }] }),
    'security UPSTREAM_SECURITY_CHANGED delete_pet security',
  ],
  [
    'said to need nothing',
    { paths: { '/pets/{id}': { get: { security: [{}] } } } },
    'security UPSTREAM_SECURITY_CHANGED get_pet security',
  ],
];

const annotations: Row[] = [
  [
    'no longer read-only',
    hints({ readOnlyHint: false }),
    'security MORE_DANGEROUS list_pets annotations.readOnlyHint',
  ],
  [
    'destructive',
    hints({ destructiveHint: true }),
    'security MORE_DANGEROUS list_pets annotations.destructiveHint',
  ],
  [
    'no longer idempotent',
    hints({ idempotentHint: false }),
    'security MORE_DANGEROUS list_pets annotations.idempotentHint',
  ],
  [
    'an open world',
    hints({ openWorldHint: true }),
    'security MORE_DANGEROUS list_pets annotations.openWorldHint',
  ],
  [
    'read-only, though it is not',
    remove({ 'x-mcp': { annotations: { readOnlyHint: true } } }),
    'security LOOKS_SAFER delete_pet annotations.destructiveHint',
    'security LOOKS_SAFER delete_pet annotations.readOnlyHint',
  ],
  [
    'no longer destructive',
    remove({ 'x-mcp': { annotations: { destructiveHint: false } } }),
    'security LOOKS_SAFER delete_pet annotations.destructiveHint',
  ],
  [
    'a new tool that claims to only read',
    {
      paths: {
        '/all': {
          delete: { operationId: 'drop', 'x-mcp': { annotations: { readOnlyHint: true } } },
        },
      },
    },
    'security LOOKS_SAFER drop annotations.destructiveHint',
    'security LOOKS_SAFER drop annotations.readOnlyHint',
    'compatible TOOL_ADDED drop',
  ],
  [
    'another method, and still the hints of the old one',
    {
      paths: {
        '/pets': {
          get: null,
          put: {
            ...list_pets,
            'x-mcp': { annotations: { readOnlyHint: true, idempotentHint: true } },
          },
        },
      },
    },
    'breaking OPERATION_CHANGED list_pets',
    'security LOOKS_SAFER list_pets annotations.destructiveHint',
    'security LOOKS_SAFER list_pets annotations.readOnlyHint',
  ],
];

const schemes: Row[] = [
  [
    'a scheme more',
    scheme('cert', { type: 'mutualTLS' }),
    'security SCHEME_ADDED * securitySchemes.cert',
  ],
  ['a scheme less', scheme('login', null), 'security SCHEME_REMOVED * securitySchemes.login'],
  [
    'a scheme of another type',
    scheme('oidc', { type: 'http', scheme: 'bearer' }),
    'security SCHEME_CHANGED * securitySchemes.oidc.type',
  ],
  [
    'another HTTP scheme',
    scheme('login', { scheme: 'bearer' }),
    'security SCHEME_CHANGED * securitySchemes.login.scheme',
  ],
  [
    'another token URL',
    scheme('oauth', { flows: { clientCredentials: { tokenUrl: 'https://evil.example/token' } } }),
    'security TOKEN_URL_CHANGED * securitySchemes.oauth.tokenUrl',
  ],
  [
    'another OpenID Connect URL',
    scheme('oidc', { openIdConnectUrl: 'https://evil.example/' }),
    'security OPENID_URL_CHANGED * securitySchemes.oidc.openIdConnectUrl',
  ],
  [
    'a key in another place',
    scheme('key', { in: 'query' }),
    'security KEY_MOVED * securitySchemes.key.in',
  ],
  [
    'a key of another name',
    scheme('key', { name: 'X-Api' }),
    'security KEY_MOVED * securitySchemes.key.name',
  ],
  [
    'a second key, which renames the variable of the first',
    scheme('other', { type: 'apiKey', in: 'header', name: 'X-Other' }),
    'security KEY_VARIABLE_CHANGED * securitySchemes.key.variable',
    'security SCHEME_ADDED * securitySchemes.other',
  ],
];

const servers: Row[] = [
  [
    'another server',
    { servers: [{ url: 'https://api.example.org/v1' }] },
    'security BASE_URL_CHANGED * baseUrl',
  ],
  ['no server', { servers: [] }, 'security BASE_URL_CHANGED * baseUrl'],
  [
    'a server of an operation',
    list({ servers: [{ url: 'https://eu.example.com' }] }),
    'security OPERATION_SERVER_CHANGED list_pets server',
  ],
  [
    'a server of a path',
    { paths: { '/pets/{id}': { servers: [{ url: 'https://eu.example.com' }] } } },
    'security OPERATION_SERVER_CHANGED delete_pet server',
    'security OPERATION_SERVER_CHANGED get_pet server',
  ],
  [
    'a new tool at another server',
    {
      paths: {
        '/x': { get: { operationId: 'x', servers: [{ url: 'https://evil.example' }] } },
        '/y': { get: { operationId: 'y', servers: [{ url: 'https://api.example.com/v1' }] } },
        '/z': { get: { operationId: 'z', servers: [{ url: 'https://api.example.com/v2' }] } },
      },
    },
    'security OPERATION_SERVER_CHANGED x server',
    'compatible TOOL_ADDED x',
    'compatible TOOL_ADDED y',
    'compatible TOOL_ADDED z',
  ],
];

describe.each([
  ['scopes', scopes],
  ['security requirements', requirements],
  ['annotations', annotations],
  ['security schemes', schemes],
  ['servers', servers],
])('the effect of a changed document on security: %s', (_, rows) => {
  for (const [title, patch, ...changes] of rows)
    it(title, () => {
      const after = patched(base, patch) as JsonObject;
      expect(lines(changesBetween(base, after))).toEqual(changes);
    });
});

describe('the effect of changed options on security', () => {
  const oauth = { oauthServer: 'https://auth.example.com' };
  const rows: (readonly [string, PlanOptions, PlanOptions, ...string[]])[] = [
    [
      'no authentication any more',
      { auth: 'oauth2' },
      { auth: 'none' },
      'security AUTHENTICATION_DROPPED * authentication',
    ],
    ['authentication', {}, { auth: 'oauth2' }, 'security AUTHENTICATION_ADDED * authentication'],
    [
      'another issuer',
      oauth,
      { oauthServer: 'https://evil.example' },
      'security AUTHORIZATION_SERVER_CHANGED * authorizationServer',
    ],
    [
      'a separate URL',
      {},
      { resourceUrl: 'https://mcp.example.com' },
      'security RESOURCE_URL_CHANGED * resourceUrl',
    ],
    [
      'scopes by method',
      { scopes: 'none', include: ['GET /**'] },
      { scopes: 'method', include: ['GET /**'] },
      'security SCOPES_ADDED get_pet scopes',
      'security SCOPES_ADDED list_pets scopes',
    ],
  ];
  for (const [title, before, after, ...changes] of rows)
    it(title, () => expect(lines(changesBetween(base, base, before, after))).toEqual(changes));
});

describe('the effect of changed server variables on security', () => {
  const withVariables = (variables: JsonObject) =>
    patched(base, {
      servers: [{ url: 'https://{region}.example.com', variables }],
    }) as JsonObject;
  const region = { default: 'eu', enum: ['eu', 'us'] };
  const rows: (readonly [string, JsonObject, JsonObject, ...string[]])[] = [
    [
      'another default',
      { region },
      { region: { ...region, default: 'us' } },
      'security SERVER_VARIABLE_CHANGED * serverVariables.region.default',
    ],
    [
      'a value more',
      { region },
      { region: { ...region, enum: ['eu', 'us', 'evil'] } },
      'security SERVER_VARIABLE_CHANGED * serverVariables.region.values',
    ],
    [
      'any value',
      { region },
      { region: { default: 'eu' } },
      'security SERVER_VARIABLE_CHANGED * serverVariables.region.values',
    ],
  ];
  for (const [title, before, after, ...changes] of rows)
    it(title, () => {
      const found = changesBetween(withVariables(before), withVariables(after));
      expect(lines(found)).toEqual(changes);
    });

  it('an added variable', () => {
    expect(lines(changesBetween(base, withVariables({ region })))).toEqual([
      'security BASE_URL_CHANGED * baseUrl',
      'security SERVER_VARIABLE_CHANGED * serverVariables.region.default',
      'security SERVER_VARIABLE_CHANGED * serverVariables.region.values',
      'security SERVER_VARIABLE_CHANGED * serverVariables.region.variable',
    ]);
  });

  it('another environment variable, and a default that is empty', () => {
    const { api } = plan(documentOf(withVariables({ region })));
    const { region: known } = api.serverVariables ?? {};
    if (known === undefined) throw new Error('The plan has no server variable');
    const changed = { ...known, variable: 'UPSTREAM_SERVER_AREA', default: '' };
    const { default: _, ...unset } = known;
    const withRegion = (variable: ServerVariable): Api => ({
      ...api,
      serverVariables: { region: variable },
    });
    expect(lines(compareApis(withRegion(unset), withRegion(changed)))).toEqual([
      'security SERVER_VARIABLE_CHANGED * serverVariables.region.default',
      'security SERVER_VARIABLE_CHANGED * serverVariables.region.variable',
    ]);
  });
});
