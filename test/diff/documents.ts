import { compareApis } from '../../src/diff/compare-apis.js';
import { compareHidden } from '../../src/diff/compare-words.js';
import type { Change } from '../../src/diff/change.js';
import { isObject, record, type Json, type JsonObject } from '../../src/json.js';
import { plan } from '../../src/plan/plan.js';
import type { PlanOptions } from '../../src/plan/types.js';
import { documentOf } from '../plan/helpers.js';

/** A document with one of everything that a change can hit. */
export const base: JsonObject = {
  openapi: '3.1.0',
  info: { title: 'Pets', version: '1.0.0', description: 'All about pets.' },
  servers: [{ url: 'https://api.example.com/v1' }],
  'x-mcp': { implies: { admin: ['read', 'write'] } },
  components: {
    securitySchemes: {
      oauth: {
        type: 'oauth2',
        flows: { clientCredentials: { tokenUrl: 'https://auth.example.com/token', scopes: {} } },
      },
      oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://oidc.example.com/.well-known' },
      key: { type: 'apiKey', in: 'header', name: 'X-Key' },
      login: { type: 'http', scheme: 'basic' },
    },
  },
  paths: {
    '/pets': {
      get: {
        operationId: 'list_pets',
        summary: 'List pets',
        description: 'The newest first.',
        security: [{ oauth: ['read'] }],
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer' } },
          { name: 'tag', in: 'query', description: 'One tag', schema: { type: 'string' } },
        ],
        responses: { 200: { description: 'ok', content: { 'application/json': {} } } },
      },
      post: {
        operationId: 'add_pet',
        security: [{ oauth: ['write'] }],
        requestBody: {
          content: {
            'application/json': {
              schema: { type: 'object', properties: { name: { type: 'string' } } },
            },
          },
        },
      },
    },
    '/pets/{id}': {
      get: {
        operationId: 'get_pet',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      },
      delete: {
        operationId: 'delete_pet',
        security: [{ oauth: ['write'] }, { key: [] }],
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      },
    },
  },
};

/** Changes as they are written in a table: `breaking TOOL_REMOVED list_pets at the place`. */
export function lines(changes: readonly Change[]): string[] {
  return changes.map(({ gravity, code, tool = '*', place }) =>
    [gravity, code, tool, ...(place === undefined ? [] : [place])].join(' '),
  );
}

/** The changes from one document to another one. */
export function changesBetween(
  before: JsonObject,
  after: JsonObject,
  options: PlanOptions = {},
  newOptions: PlanOptions = options,
): Change[] {
  const [had, has] = [plan(documentOf(before), options), plan(documentOf(after), newOptions)];
  return [...compareApis(had.api, has.api), ...compareHidden(had.source.hidden, has.source.hidden)];
}

/** A JSON merge patch (RFC 7396): `null` removes. */
export function patched(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const old = isObject(target) ? target : {};
  const kept = Object.entries(old).filter(([name]) => !Object.hasOwn(patch, name));
  const added = Object.entries(patch)
    .filter(([, value]) => value !== null)
    .map(([name, value]): [string, Json] => [name, patched(old[name], value)]);
  return record<Json>([...kept, ...added]);
}
