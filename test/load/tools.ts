import type { Problem } from '../../src/errors.js';
import type { JsonObject } from '../../src/json.js';
import { load } from '../../src/load/load.js';
import { plan } from '../../src/plan/plan.js';
import { folder } from './helpers.js';
import { join } from 'node:path';

/** The result for a document, the first of these files: the arguments of each tool, and the warnings. */
export interface Made {
  readonly tools: Readonly<Record<string, JsonObject>>;
  readonly warnings: readonly Problem[];
}

/** Loads a document and plans its tools. */
export async function toolsOf(files: Record<string, string | object>): Promise<Made> {
  const root = await folder(files);
  const document = await load(join(root, Object.keys(files)[0] ?? ''));
  const { api, warnings } = plan(document, { baseUrl: 'https://api.example.com' });
  const entries = api.tools.map(({ name, inputSchema }) => [name, inputSchema] as const);
  return { tools: Object.fromEntries(entries) as Record<string, JsonObject>, warnings };
}

/** A 3.1 document with an operation `send` whose body is a schema. */
export function sending(schema: object, schemas: object = {}): object {
  return {
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    paths: {
      '/a': {
        post: {
          operationId: 'send',
          requestBody: { required: true, content: { 'application/json': { schema } } },
        },
      },
    },
    components: { schemas },
  };
}
