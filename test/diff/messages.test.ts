import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/diff/change.js';
import { shorten } from '../../src/diff/show.js';
import type { Json, JsonObject } from '../../src/json.js';
import type { PlanOptions } from '../../src/plan/types.js';
import { base, changesBetween, patched } from './documents.js';

/** One change: its code, the sentence, and the texts of before and after (`''`: there is none). */
type Row = readonly [code: string, message: string, before: string, after: string];

const list = (operation: JsonObject): JsonObject => ({ paths: { '/pets': { get: operation } } });
const add = (operation: JsonObject): JsonObject => ({ paths: { '/pets': { post: operation } } });
const scheme = (name: string, value: Json): JsonObject => ({
  components: { securitySchemes: { [name]: value } },
});
const limit = { name: 'limit', in: 'query', schema: { type: 'integer' } };
const tag = { name: 'tag', in: 'query', description: 'One tag', schema: { type: 'string' } };

const ofDocuments: (readonly [patch: JsonObject, ...Row])[] = [
  [{ paths: { '/pets': { get: null } } }, 'TOOL_REMOVED', 'The tool was removed.', '', ''],
  [
    list({ operationId: 'find' }),
    'TOOL_RENAMED',
    'The tool is now called find.',
    'list_pets',
    'find',
  ],
  [
    {
      paths: {
        '/pets': { post: null, put: { operationId: 'add_pet' } },
      },
    },
    'OPERATION_CHANGED',
    'Now calls PUT /pets instead of POST /pets.',
    'POST /pets',
    'PUT /pets',
  ],
  [list({ parameters: [tag] }), 'ARGUMENT_REMOVED', 'The argument limit was removed.', '', ''],
  [
    list({ parameters: [{ ...limit, required: true }, tag] }),
    'ARGUMENT_REQUIRED',
    'The argument limit is now required.',
    '',
    '',
  ],
  [
    list({ parameters: [limit, tag, { name: 'x', in: 'query', required: true }] }),
    'ARGUMENT_REQUIRED',
    'The argument x is new and required.',
    '',
    '',
  ],
  [
    list({ parameters: [limit, tag, { name: 'x', in: 'query' }] }),
    'ARGUMENT_ADDED',
    'The argument x is new.',
    '',
    '',
  ],
  [
    list({ parameters: [{ ...limit, in: 'header', style: 'simple', explode: true }, tag] }),
    'REQUEST_CHANGED',
    'The argument limit is now sent as header limit, explode true instead of query limit.',
    'query limit',
    'header limit, explode true',
  ],
  [
    add({ requestBody: { content: { 'application/json': null, 'application/a+json': {} } } }),
    'MEDIA_TYPE_REMOVED',
    'The body can no longer be application/json.',
    'application/json',
    '',
  ],
  [
    add({ requestBody: { content: { 'image/png': {} } } }),
    'MEDIA_TYPE_ADDED',
    'The body can now be image/png.',
    '',
    'image/png',
  ],
  [
    list({ responses: { 200: { content: { 'application/json': null } } } }),
    'ACCEPT_CHANGED',
    'Now requests any media type instead of application/json.',
    'application/json',
    'any media type',
  ],
  [list({ deprecated: true }), 'DEPRECATED', 'Now deprecated.', '', ''],
  [list({ description: 'x' }), 'WORDING', 'The wording changed: description.', '', ''],
  [
    { paths: { '/x': { get: { operationId: 'x', 'x-mcp': { scopes: [['a', 'b'], ['c']] } } } } },
    'TOOL_ADDED',
    'New tool; it needs a b or c.',
    '',
    'a b or c',
  ],
  [
    { paths: { '/x': { delete: { operationId: 'x' } } } },
    'DESTRUCTIVE_TOOL_ADDED',
    'New tool, which may be destructive; it needs no scope.',
    '',
    'no scope',
  ],
  [
    list({ 'x-mcp': { scopes: [] } }),
    'SCOPES_DROPPED',
    'No longer requires read: any valid token is accepted.',
    'read',
    'no scope',
  ],
  [
    { paths: { '/pets/{id}': { get: { 'x-mcp': { scopes: ['read'] } } } } },
    'SCOPES_ADDED',
    'Now requires read; any valid token was accepted before.',
    'no scope',
    'read',
  ],
  [
    list({ 'x-mcp': { scopes: [['read'], ['list']] } }),
    'SCOPES_LESS',
    'Requires less: read or list instead of read.',
    'read',
    'read or list',
  ],
  [
    list({ 'x-mcp': { scopes: ['read', 'list'] } }),
    'SCOPES_MORE',
    'Requires more: read list instead of read.',
    'read',
    'read list',
  ],
  [
    list({ 'x-mcp': { scopes: ['list'] } }),
    'SCOPES_DIFFERENT',
    'Requires different scopes: list instead of read.',
    'read',
    'list',
  ],
  [
    list({ security: null }),
    'UPSTREAM_SECURITY_LOST',
    'The API no longer requires credentials: unspecified instead of oauth(read).',
    'oauth(read)',
    'unspecified',
  ],
  [
    {
      paths: {
        '/pets/{id}': { get: { security: [{ key: [] }, { oauth: ['b', 'a'], login: [] }] } },
      },
    },
    'UPSTREAM_SECURITY_GAINED',
    'The API now requires credentials: key or login and oauth(a b) instead of unspecified.',
    'unspecified',
    'key or login and oauth(a b)',
  ],
  [
    list({ security: [{ key: [] }] }),
    'UPSTREAM_SECURITY_CHANGED',
    'The API requires different credentials: key instead of oauth(read).',
    'oauth(read)',
    'key',
  ],
  [
    list({ security: [{ oauth: ['x'] }], 'x-mcp': { scopes: ['read'] } }),
    'UPSTREAM_SCOPES_CHANGED',
    'The API requires different scopes: oauth(x) instead of oauth(read).',
    'oauth(read)',
    'oauth(x)',
  ],
  [
    list({ 'x-mcp': { annotations: { readOnlyHint: false } } }),
    'MORE_DANGEROUS',
    'Its hints now state that it changes data.',
    'true',
    'false',
  ],
  [
    add({ 'x-mcp': { annotations: { readOnlyHint: true } } }),
    'LOOKS_SAFER',
    'Its hints now state that it only reads.',
    'false',
    'true',
  ],
  [
    list({ 'x-mcp': { annotations: { openWorldHint: true } } }),
    'MORE_DANGEROUS',
    'Its hints now state that it reaches the outside world.',
    'false',
    'true',
  ],
  [
    { servers: [{ url: 'https://a.example' }] },
    'BASE_URL_CHANGED',
    "The API's base URL is https://a.example instead of https://api.example.com/v1.",
    'https://api.example.com/v1',
    'https://a.example',
  ],
  [
    { servers: [{ url: '/' }] },
    'BASE_URL_CHANGED',
    "The API's base URL is no longer set: it was https://api.example.com/v1.",
    'https://api.example.com/v1',
    '',
  ],
  [
    list({ servers: [{ url: 'https://a.example' }] }),
    'OPERATION_SERVER_CHANGED',
    "Requests now go to https://a.example instead of the API's base URL.",
    "the API's base URL",
    'https://a.example',
  ],
  [
    { servers: [{ url: 'https://{r}.example.com', variables: { r: { default: 'eu' } } }] },
    'SERVER_VARIABLE_CHANGED',
    'The default of the server variable r is eu now.',
    '',
    'eu',
  ],
  [
    { 'x-mcp': { implies: { admin: ['read'] } } },
    'IMPLIES_CHANGED',
    'The list of scopes that admin includes is read instead of read write.',
    'read write',
    'read',
  ],
  [scheme('login', null), 'SCHEME_REMOVED', 'The security scheme login was removed.', '', ''],
  [
    scheme('cert', { type: 'mutualTLS' }),
    'SCHEME_ADDED',
    'The API now has a security scheme cert.',
    '',
    '',
  ],
  [
    scheme('login', { scheme: 'bearer' }),
    'SCHEME_CHANGED',
    'The HTTP scheme of the security scheme login is bearer instead of basic.',
    'basic',
    'bearer',
  ],
  [
    scheme('oauth', { flows: { clientCredentials: { tokenUrl: 'https://a.example/t' } } }),
    'TOKEN_URL_CHANGED',
    'The token URL of the security scheme oauth is https://a.example/t instead of https://auth.example.com/token.',
    'https://auth.example.com/token',
    'https://a.example/t',
  ],
  [
    scheme('oidc', { openIdConnectUrl: 'https://a.example/o' }),
    'OPENID_URL_CHANGED',
    'The OpenID Connect URL of the security scheme oidc is https://a.example/o instead of https://oidc.example.com/.well-known.',
    'https://oidc.example.com/.well-known',
    'https://a.example/o',
  ],
  [
    scheme('key', { in: 'query' }),
    'KEY_MOVED',
    'The place of the key of the security scheme key is query instead of header.',
    'header',
    'query',
  ],
  [
    scheme('more', { type: 'apiKey', in: 'query', name: 'k' }),
    'KEY_VARIABLE_CHANGED',
    'The environment variable of the security scheme key is UPSTREAM_API_KEY_KEY instead of UPSTREAM_API_KEY.',
    'UPSTREAM_API_KEY',
    'UPSTREAM_API_KEY_KEY',
  ],
  [
    { info: { version: '2' } },
    'VERSION_CHANGED',
    "The API's version is 2 instead of 1.0.0.",
    '1.0.0',
    '2',
  ],
];

const ofOptions: (readonly [PlanOptions, PlanOptions, ...Row])[] = [
  [
    { auth: 'oauth2' },
    {},
    'AUTHENTICATION_DROPPED',
    'Callers no longer need an access token.',
    'oauth2',
    'none',
  ],
  [
    {},
    { auth: 'oauth2' },
    'AUTHENTICATION_ADDED',
    'Callers now need an access token.',
    'none',
    'oauth2',
  ],
  [
    { oauthServer: 'https://a.example' },
    { oauthServer: 'https://b.example' },
    'AUTHORIZATION_SERVER_CHANGED',
    'The authorization server is https://b.example instead of https://a.example.',
    'https://a.example',
    'https://b.example',
  ],
  [
    {},
    { resourceUrl: 'https://a.example' },
    'RESOURCE_URL_CHANGED',
    "This server's own URL is https://a.example now.",
    '',
    'https://a.example',
  ],
  [{ name: 'a' }, { name: 'b' }, 'NAME_CHANGED', "The server's name is b instead of a.", 'a', 'b'],
];

const text = { type: 'string' };
const of = (properties: JsonObject, more: JsonObject = {}) => ({
  type: 'object',
  properties,
  ...more,
});

const ofSchemas: (readonly [before: Json, after: Json, ...Row])[] = [
  [of({ a: text }), of({}), 'PROPERTY_REMOVED', 'body.v.a was removed.', '', ''],
  [of({}), of({ a: text }), 'PROPERTY_ADDED', 'body.v.a is new.', '', ''],
  [of({}), of({}, { required: ['a'] }), 'PROPERTY_REQUIRED', 'body.v.a is now required.', '', ''],
  [
    of({ a: text }, { required: ['a'] }),
    of({ a: text }),
    'PROPERTY_OPTIONAL',
    'body.v.a is no longer required.',
    '',
    '',
  ],
  [
    { type: ['string', 'number'] },
    { type: 'boolean' },
    'TYPE_CHANGED',
    'body.v now accepts boolean instead of string or number.',
    'string or number',
    'boolean',
  ],
  [{}, text, 'TYPE_NARROWED', 'body.v now accepts only {"type":"string"}.', '', ''],
  [text, false, 'TYPE_NARROWED', 'body.v now accepts nothing.', '', ''],
  [
    { type: 'number' },
    { type: 'integer' },
    'TYPE_NARROWED',
    'body.v now accepts integer instead of number.',
    'number',
    'integer',
  ],
  [
    { maxLength: 3 },
    { ...text, maxLength: 3 },
    'TYPE_NARROWED',
    'body.v now accepts string instead of any type.',
    'any type',
    'string',
  ],
  [text, {}, 'TYPE_WIDENED', 'body.v now accepts anything.', '', ''],
  [false, text, 'TYPE_WIDENED', 'body.v now accepts {"type":"string"}.', '', ''],
  [
    { type: ['string', 'null'] },
    text,
    'NULL_REFUSED',
    'body.v can no longer be null.',
    'string or null',
    'string',
  ],
  [
    text,
    { type: ['string', 'null'] },
    'NULL_ACCEPTED',
    'body.v can now be null.',
    'string',
    'string or null',
  ],
  [
    text,
    { enum: ['a', 'b'] },
    'VALUES_RESTRICTED',
    'body.v now accepts only "a", "b".',
    '',
    '"a", "b"',
  ],
  [
    { enum: ['a', 'b', 'c'] },
    { enum: ['a'] },
    'VALUES_REMOVED',
    'body.v no longer accepts "b", "c".',
    '"a", "b", "c"',
    '"a"',
  ],
  [
    { enum: ['a'] },
    { enum: ['a', 'b'] },
    'VALUES_ADDED',
    'body.v also accepts "b".',
    '"a"',
    '"a", "b"',
  ],
  [
    { ...text, enum: ['a'] },
    text,
    'VALUES_OPENED',
    'body.v now accepts values other than the listed ones.',
    '"a"',
    '',
  ],
  [
    text,
    { ...text, format: 'date' },
    'FORMAT_CHANGED',
    'body.v must now have the format "date".',
    '',
    '"date"',
  ],
  [
    { ...text, format: 'date' },
    text,
    'FORMAT_WIDENED',
    'body.v no longer needs a format.',
    '"date"',
    '',
  ],
  [
    text,
    { ...text, pattern: '^a' },
    'PATTERN_CHANGED',
    'body.v must now match the pattern "^a".',
    '',
    '"^a"',
  ],
  [
    { ...text, pattern: '^a' },
    text,
    'PATTERN_DROPPED',
    'body.v no longer needs to match a pattern.',
    '"^a"',
    '',
  ],
  [
    { ...text, contentEncoding: 'base64' },
    text,
    'ENCODING_CHANGED',
    'body.v no longer has a contentEncoding.',
    '"base64"',
    '',
  ],
  [
    text,
    { ...text, contentEncoding: 'base64' },
    'ENCODING_CHANGED',
    'body.v now has the contentEncoding "base64".',
    '',
    '"base64"',
  ],
  [
    { ...text, minLength: 2 },
    { ...text, minLength: 3 },
    'LIMIT_TIGHTENED',
    'body.v now accepts less: minLength 3 instead of minLength 2.',
    'minLength 2',
    'minLength 3',
  ],
  [
    { type: 'number', exclusiveMaximum: 3 },
    { type: 'number' },
    'LIMIT_LOOSENED',
    'body.v now accepts more: no maximum instead of exclusiveMaximum 3.',
    'exclusiveMaximum 3',
    'no maximum',
  ],
  [
    { type: 'integer' },
    { type: 'integer', multipleOf: 5 },
    'LIMIT_TIGHTENED',
    'body.v now accepts less: multipleOf 5 instead of any step.',
    'any step',
    'multipleOf 5',
  ],
  [
    { type: 'array', items: text, uniqueItems: true },
    { type: 'array', items: text },
    'LIMIT_LOOSENED',
    'body.v now accepts more: repeated items instead of unique items.',
    'unique items',
    'repeated items',
  ],
  [
    of({}),
    of({}, { additionalProperties: false }),
    'ADDITIONAL_REFUSED',
    'body.v now refuses other properties.',
    '',
    '',
  ],
  [
    of({}, { additionalProperties: false }),
    of({}),
    'ADDITIONAL_ACCEPTED',
    'body.v now accepts other properties.',
    '',
    '',
  ],
  [
    of({ a: text }),
    { type: 'object' },
    'ADDITIONAL_ACCEPTED',
    'The members of body.v are no longer described: anything is accepted.',
    '',
    '',
  ],
  [
    { anyOf: [text, { type: 'boolean' }] },
    { anyOf: [text, of({}, { title: 'Cat' })] },
    'ALTERNATIVE_REMOVED',
    'body.v no longer accepts the alternative {"type":"boolean"}.',
    '{"type":"boolean"}',
    '',
  ],
  [
    { anyOf: [text, { type: 'boolean' }] },
    { anyOf: [text, { type: 'boolean' }, of({}, { title: 'Cat' })] },
    'ALTERNATIVE_ADDED',
    'body.v also accepts the alternative Cat.',
    '',
    'Cat',
  ],
  [
    text,
    { ...text, not: { const: 'a' } },
    'CONDITION_ADDED',
    'body.v must also match {"not":{"const":"a"}}.',
    '',
    '{"not":{"const":"a"}}',
  ],
  [
    of({}, { dependentSchemas: { a: { required: ['b'] } } }),
    of({}),
    'CONDITION_DROPPED',
    'body.v no longer needs to match {"dependentSchemas":{"a":{"required":["b"]}}}.',
    '{"dependentSchemas":{"a":{"required":["b"]}}}',
    '',
  ],
  [
    { ...text, not: { const: 'a' } },
    { ...text, not: { const: 'b' } },
    'SCHEMA_CHANGED',
    'body.v has a different condition (not).',
    '{"const":"a"}',
    '{"const":"b"}',
  ],
  [
    text,
    { ...text, default: 'a' },
    'DEFAULT_CHANGED',
    'body.v now has the default "a".',
    '',
    '"a"',
  ],
  [{ ...text, default: 'a' }, text, 'DEFAULT_CHANGED', 'body.v now has no default.', '"a"', ''],
  [text, { ...text, deprecated: true }, 'DEPRECATED', 'body.v is now deprecated.', '', ''],
  [
    { ...text, deprecated: true },
    text,
    'DEPRECATION_LIFTED',
    'body.v is no longer deprecated.',
    '',
    '',
  ],
];

function rowsOf(changes: readonly Change[]): Row[] {
  return changes.map(({ code, message, before = '', after = '' }) => [
    code,
    message,
    before,
    after,
  ]);
}

function documentWith(v: Json): JsonObject {
  const body = { type: 'object', properties: { v } };
  return patched(
    base,
    add({ requestBody: { content: { 'application/json': { schema: body } } } }),
  ) as JsonObject;
}

describe('the message of a change', () => {
  for (const [patch, ...row] of ofDocuments)
    it(row.join(' | '), () => {
      const changes = changesBetween(base, patched(base, patch) as JsonObject, { name: 'pets' });
      expect(rowsOf(changes)).toContainEqual(row);
    });

  for (const [before, after, ...row] of ofOptions)
    it(row.join(' | '), () => {
      expect(rowsOf(changesBetween(base, base, before, after))).toContainEqual(row);
    });

  for (const [before, after, ...row] of ofSchemas)
    it(row.join(' | '), () => {
      const changes = changesBetween(documentWith(before), documentWith(after));
      expect(rowsOf(changes)).toContainEqual(row);
    });

  it('ARGUMENT_OPTIONAL | The argument limit is no longer required.', () => {
    const parameters = [{ ...limit, required: true }, tag];
    const before = patched(base, list({ parameters })) as JsonObject;
    expect(rowsOf(changesBetween(before, base))).toEqual([
      ['ARGUMENT_OPTIONAL', 'The argument limit is no longer required.', '', ''],
    ]);
  });

  it('HIDDEN_TEXT_* | one document hides something, or something else', () => {
    const hiding = (text: string) =>
      patched(base, list({ summary: `List pets${text}` })) as JsonObject;
    const [none, one, other] = [base, hiding('\u200b'), hiding('\u{e0041}')];
    const left = 'It is removed from the output; HIDDEN_TEXT warnings name the places.';
    expect([none, one, other].map((after) => rowsOf(changesBetween(one, after)))).toEqual([
      [['HIDDEN_TEXT_REMOVED', 'The document no longer contains invisible text.', '', '']],
      [],
      [['HIDDEN_TEXT_CHANGED', `The invisible text in the document changed. ${left}`, '', '']],
    ]);
    expect(rowsOf(changesBetween(none, one))).toEqual([
      ['HIDDEN_TEXT_ADDED', `The document now contains invisible text. ${left}`, '', ''],
    ]);
  });

  it('TOOL_PUBLIC and TOOL_NOT_PUBLIC | a token is no longer needed, or is', () => {
    const scoped = { 'x-mcp': { scopes: [] } };
    const [open, shut] = [list({ security: [] }), list({ security: [], ...scoped })].map(
      (patch) => patched(base, patch) as JsonObject,
    ) as [JsonObject, JsonObject];
    expect(rowsOf(changesBetween(shut, open))).toEqual([
      ['TOOL_PUBLIC', 'With MCP_PUBLIC_TOOLS=document, callers no longer need a token.', '', ''],
    ]);
    expect(rowsOf(changesBetween(open, shut))).toEqual([
      ['TOOL_NOT_PUBLIC', 'With MCP_PUBLIC_TOOLS=document, callers now need a token.', '', ''],
    ]);
  });

  it('CONFIRMATION_* | a person is asked before a call, or no longer', () => {
    const [yes, other, no] = ['List them?', true, false].map(
      (confirm) => patched(base, list({ 'x-mcp': { confirm } })) as JsonObject,
    ) as [JsonObject, JsonObject, JsonObject];
    const unsaid = 'as set in MCP_CONFIRM';
    const added = ['CONFIRMATION_ADDED', 'The user must now confirm calls.'];
    const dropped = ['CONFIRMATION_DROPPED', 'The user no longer confirms calls.'];
    const between = (before: JsonObject, after: JsonObject) =>
      rowsOf(changesBetween(before, after));
    expect(between(base, yes)).toEqual([[...added, unsaid, '"List them?"']]);
    expect(between(yes, base)).toEqual([[...dropped, '"List them?"', unsaid]]);
    expect(between(other, no)).toEqual([[...dropped, 'true', 'false']]);
    expect(between(base, no)).toEqual([[...dropped, unsaid, 'false']]);
    expect(between(no, base)).toEqual([[...added, 'false', unsaid]]);
    expect(between(yes, other)).toEqual([['WORDING', 'The wording changed: confirm.', '', '']]);
    expect(changesBetween(yes, base).map(({ gravity }) => gravity)).toEqual(['security']);
  });

  it('LISTING_CHANGED | other tools are listed, whatever is pinned', () => {
    const [all, search] = [
      'one tool for each operation',
      'three tools that find and call the operations',
    ];
    const pin = { tools: 'search', pin: ['list_pets'] } as const;
    expect(rowsOf(changesBetween(base, base, {}, pin))).toEqual([
      ['LISTING_CHANGED', `Clients now see ${search} instead of ${all}.`, 'all', 'search'],
    ]);
    expect(rowsOf(changesBetween(base, base, pin, {}))).toEqual([
      ['LISTING_CHANGED', `Clients now see ${all} instead of ${search}.`, 'search', 'all'],
    ]);
  });

  it('TOOL_PINNED and TOOL_UNPINNED | in search mode, an operation is listed, or no longer', () => {
    const search = { tools: 'search' } as const;
    const pinned = { ...search, pin: ['list_pets'] };
    expect(rowsOf(changesBetween(base, base, search, pinned))).toEqual([
      ['TOOL_PINNED', 'Now listed as a tool.', '', ''],
    ]);
    expect(rowsOf(changesBetween(base, base, pinned, search))).toEqual([
      [
        'TOOL_UNPINNED',
        'No longer listed as a tool: only the tools of search mode call it.',
        '',
        '',
      ],
    ]);
    expect(changesBetween(base, base, {}, { pin: ['list_pets'] })).toEqual([]);
  });

  it('PUBLIC_TOOL_ADDED | a new tool needs no token', () => {
    const open = patched(base, {
      paths: { '/open': { get: { operationId: 'open', security: [] } } },
    });
    expect(rowsOf(changesBetween(base, open as JsonObject))).toEqual([
      [
        'PUBLIC_TOOL_ADDED',
        'New tool; with MCP_PUBLIC_TOOLS=document, callers need no token.',
        '',
        'no scope',
      ],
    ]);
    const deletes = patched(base, {
      paths: { '/open': { delete: { operationId: 'drop', security: [] } } },
    });
    expect(rowsOf(changesBetween(base, deletes as JsonObject))).toEqual([
      [
        'DESTRUCTIVE_TOOL_ADDED',
        'New tool, which may be destructive; with MCP_PUBLIC_TOOLS=document, callers need no token.',
        '',
        'no scope',
      ],
    ]);
  });

  it('exists for every code', () => {
    const source = readFileSync(new URL('../../src/diff/codes.ts', import.meta.url), 'utf8');
    const codes = [...source.matchAll(/^ {2}([A-Z_]+): '/gm)].map(([, code]) => code);
    const told = [
      ...ofDocuments.map(([, code]) => code),
      ...ofOptions.map(([, , code]) => code),
      ...ofSchemas.map(([, , code]) => code),
      // The other way round than what is required now.
      'ARGUMENT_OPTIONAL',
      ...['TOOL_PUBLIC', 'TOOL_NOT_PUBLIC', 'PUBLIC_TOOL_ADDED', 'RESULT_CHANGED'],
      ...['LISTING_CHANGED', 'TOOL_PINNED', 'TOOL_UNPINNED'],
      ...['CONFIRMATION_ADDED', 'CONFIRMATION_DROPPED'],
      ...['HIDDEN_TEXT_ADDED', 'HIDDEN_TEXT_REMOVED', 'HIDDEN_TEXT_CHANGED'],
    ];
    expect(new Set(codes)).toEqual(new Set(told));
  });
});

describe('shorten', () => {
  it('leaves out the middle, and never half a character', () => {
    expect(shorten('abcdefg', 7)).toBe('abcdefg');
    expect(shorten('abcdefgh', 7)).toBe('abc…fgh');
    expect(shorten('😀'.repeat(8), 7)).toBe('😀😀😀…😀😀😀');
    expect(shorten('😀'.repeat(7), 7)).toBe('😀'.repeat(7));
  });
});
