import type { Tool } from '../../templates/src/runtime/api.js';
import type { Document, JsonObject } from '../../src/load/document.js';
import { plan } from '../../src/plan/plan.js';
import type { Plan, PlanOptions } from '../../src/plan/types.js';

/** A document that has been loaded. */
export function documentOf(openapi: JsonObject, url?: string): Document {
  return {
    source: 'pets.yaml',
    overlays: [],
    hash: '0',
    openapi,
    warnings: [],
    ...(url !== undefined && { url }),
  };
}

/** The plan of a document with these paths and other members. */
export function planPaths(
  paths: JsonObject,
  rest: JsonObject = {},
  options: PlanOptions = {},
): Plan {
  const info = { title: 'T', version: '1' };
  const servers = [{ url: 'https://api.example.com' }];
  return plan(documentOf({ openapi: '3.1.0', info, servers, paths, ...rest }), options);
}

/** The tool of one operation, and all warnings as code and place. */
export function planOperation(
  operation: JsonObject,
  {
    method = 'post',
    path = '/x',
    rest = {},
  }: { method?: string; path?: string; rest?: JsonObject } = {},
): { tool: Tool | undefined; warnings: string[] } {
  const others = { '/other': { get: { operationId: 'other' } } };
  const { api, warnings } = planPaths(
    { [path]: { [method]: { operationId: 'op', ...operation } }, ...others },
    rest,
  );
  return {
    tool: api.tools.find(({ name }) => name === 'op'),
    warnings: warnings.map(({ code, place }) => `${code} ${place ?? ''}`),
  };
}
