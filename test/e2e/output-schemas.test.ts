import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepare } from '../../src/generate.js';
import type { Api, Json, JsonObject, Tool } from '../../templates/src/runtime/api.js';
import { readHttpSettings } from '../../templates/src/runtime/settings.js';
import { createCall } from '../../templates/src/runtime/upstream/call.js';
import { objectOf, sampleArguments } from '../fidelity/sample.js';
import { inputOf, listFixtures } from '../support/fixtures.js';
import { generations, type Generation } from '../support/generations.js';
import { listen, type LocalServer } from '../support/http.js';
import { HttpClient } from '../support/http-client.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** A value that conforms to an output schema. */
function valueOf(schema: JsonObject, root: JsonObject, depth = 0): Json {
  const { $ref: ref, type, properties, items } = schema;
  if (typeof ref === 'string')
    return depth > 3
      ? null
      : valueOf(objectOf(objectOf(root['$defs'])[ref.slice(8)]), root, depth + 1);
  const [kind] = [type ?? 'object'].flat();
  if (kind === 'array') return [valueOf(objectOf(items), root, depth + 1)];
  if (kind === 'number') return 1.5;
  if (kind === 'boolean') return true;
  if (kind === 'string') return 'text';
  const members = Object.entries(objectOf(properties)).map(
    ([name, member]) => [name, valueOf(objectOf(member), root, depth + 1)] as const,
  );
  return Object.fromEntries(members);
}

/** The same with a wrong type at every place: a typical mistake of documents. */
function otherThan(value: Json): Json {
  if (Array.isArray(value)) return { 0: value.map(otherThan)[0] ?? null };
  if (typeof value === 'string') return 7;
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, otherThan(member)]),
    );
  return 'another type';
}

/** The API's response as the document describes it; a list is wrapped only in the schema. */
function answersOf({ outputSchema }: Tool): Json[] {
  const root = (outputSchema ?? {}) as JsonObject;
  const whole = valueOf(root, root);
  const properties = Object.keys(objectOf(root['properties']));
  const right = properties.join() === 'result' ? (objectOf(whole)['result'] ?? null) : whole;
  return [right, otherThan(right), [], 'text', null, { unknown: [1] }];
}

const fixtures = listFixtures().filter(({ fails }) => !fails);

describe.each(fixtures)('the results of fixtures/$name', (fixture) => {
  let server: TestServer;
  let upstream: LocalServer;
  let api: Api;
  let answer: Json = null;

  beforeAll(async () => {
    const url = inputOf(fixture);
    ({ api } = await prepare({ url, output: 'x', auth: 'none', outputSchemas: 'all' }));
    upstream = await listen((request, response) => {
      request.resume();
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer));
    });
    const env = {
      UPSTREAM_BASE_URL: upstream.url,
      UPSTREAM_AUTH: 'none',
      MCP_RATE_LIMIT: '1000000',
    };
    const settings = readHttpSettings(api, env);
    server = await startTestServer({ api, env, call: createCall(api, settings.upstream) });
  });

  afterAll(() => Promise.all([server.close(), upstream.close()]));

  it.each(generations)(
    'reach $name, whether they match the document or not',
    async (generation: Generation) => {
      const client = await new HttpClient(generation, server.url, { token: 'none' }).connect();
      // Clients validate results that have an output schema.
      const listed = await client.listTools();
      let accepted = 0;
      for (const tool of api.tools.filter(({ outputSchema }) => outputSchema !== undefined)) {
        expect(listed.find(({ name }) => name === tool.name)).toHaveProperty('outputSchema');
        for (answer of answersOf(tool)) {
          const args = sampleArguments(tool.inputSchema as JsonObject, 'required');
          const result = await client.call(tool.name, args);
          if (result.isError === true) continue;
          accepted += 1;
          expect(result).toHaveProperty('structuredContent');
        }
      }
      const described = api.tools.some(({ outputSchema }) => outputSchema !== undefined);
      expect(accepted > 0).toBe(described);
      await client.close();
    },
  );
});
