import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/load/document.js';
import { array, object } from '../../src/json.js';
import { planPaths } from './helpers.js';

const LONGEST = 32 * 1024;
const text = 'This endpoint lists airports. '.repeat(1500);
const codes = Array.from({ length: 4000 }, (_, index) => `AIRPORT_CODE_${index}`);
const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const wrap = (schema: Json): JsonObject => ({ type: 'object', properties: { code: schema } });

/** One tool, and the messages of the warnings about it. */
function planOne(operation: JsonObject, schemas: JsonObject = {}) {
  const { api, warnings } = planPaths(
    { '/x': { post: { operationId: 'op', ...operation } } },
    { components: { schemas } },
  );
  const [tool] = api.tools;
  const messages = warnings.map(({ code, message }) => `${code}: ${message}`);
  const { title, description = '', inputSchema } = tool ?? {};
  const seen = JSON.stringify({ title, description, inputSchema });
  const args = object(object(inputSchema)['properties']);
  return { title, description, args, seen, messages };
}

const withBody = (schema: Json, mediaType = 'application/json'): JsonObject => ({
  requestBody: { content: { [mediaType]: { schema } } },
});
const withParameter = (where: string, schema: Json, rest: JsonObject = {}): JsonObject => ({
  parameters: [{ name: 'code', in: where, schema, ...rest }],
});

describe('long descriptions', () => {
  it('of a tool are truncated at a word, with a warning', () => {
    const { description, messages } = planOne({ description: text });
    expect(description.length).toBeLessThanOrEqual(2000);
    expect(description).toMatch(/^This endpoint lists airports\. .*\w\.? … \(shortened\)$/);
    expect(messages).toEqual([
      'TEXT_SHORTENED: Shortened for models: the description of the tool (44,999 characters).',
    ]);
  });

  it.each<[string, JsonObject]>([
    ['a summary', { summary: text }],
    ['a summary and the same description', { summary: text, description: text }],
    ['an operationId', { operationId: 'listAirports'.repeat(1000), description: text }],
    ['a title of x-mcp', { 'x-mcp': { title: text }, description: text }],
  ])('are no title: %s', (_, operation) => {
    const { title, description } = planOne(operation);
    expect(title?.length).toBeLessThanOrEqual(200);
    expect(description).toMatch(/^This endpoint lists airports\. .* … \(shortened\)$/s);
  });

  it.each<[string, JsonObject]>([
    ['a parameter', withParameter('query', { type: 'string' }, { description: text })],
    ['the schema of a header', withParameter('header', { type: 'string', description: text })],
    ['a property', withBody(wrap({ type: 'string', description: text }))],
    ['an item', withBody({ type: 'array', items: wrap({ type: 'string', description: text }) })],
    ['a field of a form', withBody(wrap({ description: text }), 'multipart/form-data')],
    ['a definition', withBody({ type: 'object', properties: { a: ref('code'), b: ref('code') } })],
  ])('are shortened on %s', (_, operation) => {
    const { seen, messages } = planOne(operation, {
      code: { type: 'string', description: text, pattern: '^a$' },
    });
    expect(seen.length).toBeLessThan(5000);
    expect(seen).toContain('… (shortened)');
    expect(messages[0]).toMatch(
      /^TEXT_SHORTENED: .* the description of "code" \(4\d,\d{3} characters\)/,
    );
    expect(messages.join()).not.toContain('nested');
  });

  it('stay whole up to 2,000 characters', () => {
    const whole = 'x'.repeat(1999);
    const { description, args, messages } = planOne({
      description: whole,
      ...withParameter('query', { type: 'string' }, { description: whole }),
    });
    expect([description, object(args['code'])['description']]).toEqual([whole, whole]);
    expect(messages).toEqual([]);
  });
});

describe('long enums', () => {
  const list = { type: 'string', enum: codes };
  it.each<[string, JsonObject]>([
    ['a parameter', withParameter('query', list)],
    ['a header', withParameter('header', list)],
    ['the items of a parameter', withParameter('query', { type: 'array', items: list })],
    ['a property', withBody(wrap(list))],
    ['a branch', withBody(wrap({ oneOf: [list, { type: 'null' }] }))],
    ['a field of a form', withBody(wrap(list), 'application/x-www-form-urlencoded')],
    ['a definition', withBody({ type: 'object', properties: { a: ref('code'), b: ref('code') } })],
  ])('of %s are described by their number and first values, and refuse nothing', (_, operation) => {
    const { seen, messages } = planOne(operation, { code: list });
    expect(seen.length).toBeLessThan(2000);
    expect(seen).toContain(
      'One of 4,000 values, such as \\"AIRPORT_CODE_0\\", \\"AIRPORT_CODE_1\\"',
    );
    expect(seen).not.toContain('"enum"');
    expect(messages).toEqual([
      'TEXT_SHORTENED: Shortened for models: the enum of "code" (4,000 values).',
    ]);
  });

  it('keep their descriptions', () => {
    const { args } = planOne(withParameter('query', { ...list, description: 'An airport.' }));
    expect(object(args['code'])['description']).toMatch(/^An airport\.\n\nOne of 4,000 values/);
  });

  it('refuse nothing if a match is negated or counted', () => {
    const { args } = planOne(
      withBody({
        type: 'object',
        properties: {
          not: { type: 'string', not: list },
          if: { if: { properties: { a: list } }, then: { required: ['b'] } },
          counted: { type: 'array', items: {}, contains: list, maxContains: 1 },
          short: { type: 'string', not: { enum: ['a'] } },
          closed: { allOf: [{ properties: { code: list } }], additionalProperties: false },
        },
      }),
    );
    const {
      not,
      if: condition,
      counted,
      short,
      closed,
    } = object(object(args['body'])['properties']);
    expect([not, condition]).toEqual([{ type: 'string' }, {}]);
    expect(counted).not.toHaveProperty('maxContains');
    expect(short).toEqual({ type: 'string', not: { enum: ['a'] } });
    expect(closed).toHaveProperty('additionalProperties', false);
  });

  it('stay whole up to several dozen values', () => {
    const { args, messages } = planOne(
      withParameter('query', { type: 'string', enum: codes.slice(0, 60) }),
    );
    expect(array(object(args['code'])['enum'])).toHaveLength(60);
    expect(messages).toEqual([]);
  });
});

describe('a schema that is long but flat', () => {
  const many = (count: number, schema: Json): JsonObject =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, schema]));

  it.each<[string, JsonObject]>([
    ['hundreds of described properties', { type: 'string', description: text.slice(0, 1500) }],
    ['hundreds of enums', { type: 'string', enum: codes.slice(0, 50) }],
    ['hundreds of examples', { type: 'string', examples: [codes.slice(0, 60).join()] }],
  ])('%s', (_, schema) => {
    const properties = many(200, schema);
    const { seen, messages } = planOne(withBody({ type: 'object', properties }));
    expect(seen.length).toBeLessThan(LONGEST);
    expect(seen).toContain('"p199"');
    expect(messages.join()).toMatch(/TEXT_SHORTENED: .* and \d+ more/);
    expect(messages.join()).not.toContain('nested');
  });

  it('keeps the first of too many examples', () => {
    const examples = Array.from({ length: 300 }, (_, index) => `example ${index}`);
    const { args } = planOne(
      withBody({
        type: 'object',
        properties: { few: { type: 'string', examples }, long: { examples: [text, 'a'] } },
      }),
    );
    const { few, long } = object(object(args['body'])['properties']);
    expect(object(few)['examples']).toEqual(['example 0']);
    expect(long).not.toHaveProperty('examples');
  });

  it('is shortened as parameters', () => {
    const parameters = Object.keys(many(150, {})).map((name) => ({
      name,
      in: 'query',
      description: text.slice(0, 900),
      schema: { type: 'string' },
    }));
    const { seen, messages } = planOne({ parameters, description: text });
    expect(seen.length).toBeLessThan(LONGEST);
    expect(messages.join()).not.toContain('nested');
  });

  it('is reported if nothing is left to shorten', () => {
    const properties = many(3000, { type: 'string' });
    const { messages } = planOne(withBody({ type: 'object', properties }));
    expect(messages).toEqual([expect.stringMatching(/^SCHEMA_TOO_LONG: .* takes \d+ KiB/)]);
  });
});

describe('a schema that is long and deep', () => {
  const described = (schema: JsonObject): JsonObject => ({
    ...schema,
    description: text.slice(0, 250),
  });
  /** Objects in one another: 6 members with a text, of which the first has the same again. */
  const nest = (depth: number, width: number): JsonObject => ({
    type: 'object',
    properties: Object.fromEntries(
      Array.from({ length: width }, (_, index) => [
        `at${depth}_${index}`,
        described(depth > 1 ? nest(depth - 1, width) : { type: 'string' }),
      ]),
    ),
  });

  it('is explained as deep as fits; every member keeps its name and type', () => {
    const { args, seen, messages } = planOne(withBody(nest(3, 7)));
    expect(seen.length).toBeLessThan(LONGEST);
    expect(seen.match(/"at1_\d":\{"type":"string"\}/g)).toHaveLength(343);
    const first = object(object(object(args['body'])['properties'])['at3_6']);
    expect(first['description']).toBe(text.slice(0, 250).trim());
    expect(object(object(first['properties'])['at2_6'])['description']).toBe(first['description']);
    expect(messages).toEqual([expect.stringMatching(/^TEXT_SHORTENED: .* and 4 more/)]);
  });

  it('is explained only above, if it can be described deeper that way', () => {
    const { seen, messages } = planOne(withBody(nest(4, 7)));
    expect(seen.length).toBeLessThan(LONGEST);
    expect(seen).toContain('"at2_6":{"type":"object"}');
    expect(messages.join()).toMatch(/SCHEMA_CUT: .* below a depth of 3 levels/);
  });
});
