import fc from 'fast-check';

/** Text that can end a string, a comment, a line or a path, or that is the name of something. */
const hostile = fc.constantFrom(
  '"; globalThis.pwned = 1; //',
  "'; globalThis.pwned = 1; //",
  '`${globalThis.pwned = 1}`',
  '*/ globalThis.pwned = 1; /*',
  '</script><script>globalThis.pwned = 1</script>',
  '{{#each}}{{globalThis.pwned = 1}}',
  '../../../../etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '$ref',
  '',
  ' ',
  'a\u2028b\u2029c\u202ed\u0000',
  '\ud800',
  '/%2e%2e/{',
  '{x}',
  '日本語 – é',
  'x'.repeat(300),
);

const text = fc.oneof({ weight: 3, arbitrary: fc.string() }, { weight: 2, arbitrary: hostile });

/** Names that are repeated often enough to collide, some of them dangerous, and others. */
const name = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('id', 'name', 'body', 'content_type', 'Id', 'page[size]', '$filter'),
  },
  { weight: 2, arbitrary: fc.constantFrom('constructor', 'toString', '$ref', '\ud800', 'a/b~c%') },
  { weight: 1, arbitrary: text },
);

/** The expected value of a place, or sometimes anything at all. */
function mostly<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: arbitrary },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  );
}

function some<T>(
  fields: Record<string, fc.Arbitrary<T> | fc.Arbitrary<unknown>>,
): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(fields, { requiredKeys: [] });
}

const number = fc.oneof(
  fc.integer({ min: -5, max: 50 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const schemaName = fc.constantFrom('A', 'B', 'C', 'D', 'Gone');
const reference = fc.oneof(
  { weight: 8, arbitrary: schemaName.map((component) => `#/components/schemas/${component}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '#/components/schemas/A/properties/id',
      '#',
      '#/paths',
      'other.yaml',
    ),
  },
);

const { schema } = fc.letrec<{ schema: unknown }>((tie) => {
  const inner = tie('schema');
  const list = fc.array(inner, { maxLength: 3 });
  const map = fc.dictionary(name, inner, { maxKeys: 4 });
  const type = fc.constantFrom(
    'string',
    'integer',
    'number',
    'boolean',
    'object',
    'array',
    'null',
    'file',
    'any',
  );
  return {
    schema: fc.oneof(
      { maxDepth: 3, depthSize: 'xsmall', withCrossShrink: true },
      { weight: 2, arbitrary: fc.boolean() },
      {
        weight: 4,
        arbitrary: some({
          type: mostly(type),
          format: text,
          pattern: text,
          enum: mostly(fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 3 })),
          default: fc.jsonValue({ maxDepth: 1 }),
          nullable: fc.boolean(),
        }),
      },
      {
        weight: 3,
        arbitrary: some({ $ref: mostly(reference), description: text, nullable: fc.boolean() }),
      },
      {
        weight: 6,
        arbitrary: some({
          type: mostly(fc.oneof(type, fc.array(type, { maxLength: 3 }))),
          title: mostly(text),
          description: mostly(text),
          properties: mostly(map),
          patternProperties: mostly(
            fc.dictionary(fc.constantFrom('^a', '(a+)+$', '[', '^[\\w-.]+$'), inner, {
              maxKeys: 2,
            }),
          ),
          additionalProperties: inner,
          required: mostly(fc.array(name, { maxLength: 3 })),
          items: fc.oneof(inner, list),
          allOf: mostly(list),
          oneOf: mostly(list),
          anyOf: mostly(list),
          not: inner,
          minimum: mostly(number),
          exclusiveMinimum: mostly(fc.oneof(number, fc.boolean())),
          multipleOf: mostly(number),
          maxLength: mostly(number),
          uniqueItems: mostly(fc.boolean()),
          readOnly: fc.boolean(),
          example: fc.jsonValue({ maxDepth: 1 }),
          discriminator: mostly(fc.record({ propertyName: name })),
          $id: text,
          $schema: text,
          xml: fc.jsonValue({ maxDepth: 1 }),
        }),
      },
    ),
  };
});

const style = fc.constantFrom(
  'simple',
  'label',
  'matrix',
  'form',
  'spaceDelimited',
  'pipeDelimited',
  'deepObject',
  'cookie',
  'odd',
);
const mediaType = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'application/json',
      'application/merge-patch+json',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'text/plain',
      'application/xml',
      'image/png',
      '*/*',
      'application/x-ndjson',
    ),
  },
  { weight: 1, arbitrary: text },
);
const media = some({
  schema: mostly(schema),
  example: fc.jsonValue({ maxDepth: 1 }),
  encoding: mostly(
    fc.dictionary(
      name,
      mostly(
        some({
          contentType: mostly(text),
          style: mostly(style),
          explode: fc.boolean(),
          headers: mostly(fc.dictionary(name, some({ schema }))),
        }),
      ),
      { maxKeys: 2 },
    ),
  ),
});
const content = fc.dictionary(mediaType, mostly(media), { maxKeys: 3 });

const parameter = some({
  name: mostly(name),
  in: mostly(fc.constantFrom('path', 'query', 'header', 'cookie', 'querystring')),
  required: mostly(fc.boolean()),
  description: mostly(text),
  deprecated: fc.boolean(),
  style: mostly(style),
  explode: fc.boolean(),
  allowReserved: fc.boolean(),
  schema: mostly(schema),
  content: mostly(content),
});

const security = mostly(
  fc.array(
    mostly(
      fc.dictionary(
        fc.constantFrom('key', 'oauth', 'gone'),
        mostly(fc.array(text, { maxLength: 2 })),
        { maxKeys: 2 },
      ),
    ),
    { maxLength: 2 },
  ),
);
const server = some({
  url: mostly(
    fc.oneof(
      fc.constantFrom('https://api.example.com/v1', '/v2', '//x', 'https://{host}', 'ftp://x'),
      text,
    ),
  ),
  variables: mostly(fc.dictionary(text, mostly(some({ default: text })))),
});

/** One that cannot be read is an error, and then nothing else of the document is tested. */
const scope = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('read', 'write:all', 'Store admin') },
  { weight: 1, arbitrary: text },
);

const operation = some({
  operationId: mostly(
    fc.oneof(fc.constantFrom('listThings', 'list_things', 'getThing', 'default'), text),
  ),
  summary: mostly(text),
  description: mostly(text),
  tags: mostly(fc.array(text, { maxLength: 2 })),
  deprecated: fc.boolean(),
  parameters: mostly(fc.array(mostly(parameter), { maxLength: 5 })),
  requestBody: mostly(
    some({ required: mostly(fc.boolean()), description: mostly(text), content: mostly(content) }),
  ),
  responses: mostly(
    fc.dictionary(
      fc.constantFrom('200', '204', 'default'),
      mostly(some({ description: text, content: mostly(content) })),
      { maxKeys: 2 },
    ),
  ),
  security,
  servers: mostly(fc.array(server, { maxLength: 1 })),
  'x-mcp': mostly(
    some({
      enabled: mostly(fc.boolean()),
      name: mostly(name),
      title: text,
      description: text,
      scopes: mostly(fc.array(scope, { maxLength: 2 })),
    }),
  ),
});

const path = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      '/things',
      '/things/{id}',
      '/things/{id}/{name}',
      '/a?x=1',
      '/a#b',
      '/{id:[0-9]+}',
      '//x',
      '/../x',
    ),
  },
  { weight: 1, arbitrary: text },
);
const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace', 'query'];
const operations = fc.dictionary(fc.constantFrom(...methods), mostly(operation), {
  minKeys: 1,
  maxKeys: 3,
});
const rest = some({
  additionalOperations: mostly(
    fc.dictionary(fc.oneof(fc.constantFrom('LINK', 'COPY'), text), mostly(operation), {
      maxKeys: 2,
    }),
  ),
  parameters: mostly(fc.array(mostly(parameter), { maxLength: 2 })),
  servers: mostly(fc.array(server, { maxLength: 1 })),
});

/** A path item that is a dangling reference removes all its operations, so there are few. */
const pathItem = fc
  .tuple(operations, rest, fc.integer({ max: 20, min: 0 }))
  .map(([own, others, dice]) => ({
    ...own,
    ...others,
    ...(dice === 0 && { $ref: 'other.yaml' }),
  }));

const scheme = fc.oneof(
  some({
    type: fc.constant('apiKey'),
    in: mostly(fc.constantFrom('header', 'query', 'cookie')),
    name: mostly(name),
  }),
  some({
    type: mostly(fc.constantFrom('oauth2', 'openIdConnect', 'http', 'mutualTLS')),
    scheme: mostly(text),
    flows: fc.jsonValue({ maxDepth: 2 }),
    openIdConnectUrl: text,
  }),
);

/** Unrealistic documents: mostly well-formed, with hostile text and wrong values in many places. */
export const openApiDocument: fc.Arbitrary<Record<string, unknown>> = fc.record({
  openapi: fc.constantFrom('3.0.3', '3.1.0', '3.2.0'),
  info: mostly(some({ title: mostly(text), version: mostly(text), description: mostly(text) })),
  servers: mostly(fc.array(server, { maxLength: 2 })),
  security,
  tags: mostly(
    fc.array(some({ name: text, 'x-mcp': fc.jsonValue({ maxDepth: 2 }) }), { maxLength: 1 }),
  ),
  paths: fc.dictionary(path, mostly(pathItem), { minKeys: 1, maxKeys: 3 }),
  components: mostly(
    fc.record({
      schemas: mostly(
        fc.record({ A: mostly(schema), B: mostly(schema), C: mostly(schema), D: mostly(schema) }),
      ),
      securitySchemes: mostly(fc.record({ key: mostly(scheme), oauth: mostly(scheme) })),
    }),
  ),
});
