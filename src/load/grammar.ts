import type { Version } from './version.js';

/** The kinds of values in an OpenAPI document. */
export type Kind =
  | 'root'
  | 'servers'
  | 'server'
  | 'components'
  | 'paths'
  | 'pathItem'
  | 'pathItems'
  | 'operation'
  | 'operations'
  | 'parameter'
  | 'parameterList'
  | 'parameters'
  | 'requestBody'
  | 'requestBodies'
  | 'response'
  | 'responses'
  | 'statusResponses'
  | 'header'
  | 'headers'
  | 'mediaType'
  | 'mediaTypes'
  | 'content'
  | 'encoding'
  | 'encodingList'
  | 'encodings'
  | 'example'
  | 'examples'
  | 'link'
  | 'links'
  | 'callback'
  | 'callbacks'
  | 'securityScheme'
  | 'securitySchemes'
  | 'schema'
  | 'schemas'
  | 'schemaList'
  | 'discriminator'
  | 'mapping';

/** The contents of a kind. Anything not listed is data: a `$ref` in it is not a reference. */
export interface Rule {
  /** Kinds of the fields of an object. */
  readonly fields?: Readonly<Record<string, Kind>>;
  /** The kind of every other field. */
  readonly each?: Kind;
  /** Other fields that start with `x-` are extensions, not members. */
  readonly extensible?: true;
  /** The kind of the elements, when it is an array. */
  readonly list?: Kind;
  /** The member of `components` for shared objects of this kind. */
  readonly section?: string;
  /** The same member in a 2.0 document, at the top level. */
  readonly swaggerSection?: string;
}

function named(kind: Kind, names: string): Record<string, Kind> {
  return Object.fromEntries(names.split(' ').map((name) => [name, kind]));
}

const payload: Record<string, Kind> = {
  schema: 'schema',
  examples: 'examples',
  content: 'content',
};

/**
 * OpenAPI 2.0, 3.0, 3.1 and 3.2 in one table: no field has two meanings that matter here. The table distinguishes the
 * `default` of a schema, which is data, from the `default` among responses and among properties.
 */
export const grammar: Readonly<Record<Kind, Rule>> = {
  root: {
    fields: {
      servers: 'servers',
      paths: 'paths',
      webhooks: 'pathItems',
      components: 'components',
      definitions: 'schemas',
      parameters: 'parameters',
      responses: 'responses',
      securityDefinitions: 'securitySchemes',
    },
  },
  servers: { list: 'server' },
  server: {},
  components: {
    fields: {
      schemas: 'schemas',
      responses: 'responses',
      parameters: 'parameters',
      examples: 'examples',
      requestBodies: 'requestBodies',
      headers: 'headers',
      securitySchemes: 'securitySchemes',
      links: 'links',
      callbacks: 'callbacks',
      pathItems: 'pathItems',
      mediaTypes: 'mediaTypes',
    },
  },
  paths: { each: 'pathItem', extensible: true },
  pathItems: { each: 'pathItem' },
  pathItem: {
    fields: {
      ...named('operation', 'get put post delete options head patch trace query'),
      additionalOperations: 'operations',
      servers: 'servers',
      parameters: 'parameterList',
    },
    section: 'pathItems',
  },
  operations: { each: 'operation' },
  operation: {
    fields: {
      servers: 'servers',
      parameters: 'parameterList',
      requestBody: 'requestBody',
      responses: 'statusResponses',
      callbacks: 'callbacks',
    },
  },
  parameterList: { list: 'parameter' },
  parameters: { each: 'parameter' },
  parameter: {
    fields: { ...payload, items: 'schema' },
    section: 'parameters',
    swaggerSection: 'parameters',
  },
  requestBodies: { each: 'requestBody' },
  requestBody: { fields: { content: 'content' }, section: 'requestBodies' },
  statusResponses: { each: 'response', extensible: true },
  responses: { each: 'response' },
  response: {
    fields: { content: 'content', headers: 'headers', links: 'links', schema: 'schema' },
    section: 'responses',
    swaggerSection: 'responses',
  },
  headers: { each: 'header' },
  header: { fields: { ...payload, items: 'schema' }, section: 'headers' },
  content: { each: 'mediaType' },
  mediaTypes: { each: 'mediaType' },
  mediaType: {
    fields: {
      schema: 'schema',
      itemSchema: 'schema',
      examples: 'examples',
      encoding: 'encodings',
      prefixEncoding: 'encodingList',
      itemEncoding: 'encoding',
    },
    section: 'mediaTypes',
  },
  encodings: { each: 'encoding' },
  encodingList: { list: 'encoding' },
  encoding: { fields: { headers: 'headers' } },
  examples: { each: 'example' },
  example: { section: 'examples' },
  links: { each: 'link' },
  link: { section: 'links' },
  callbacks: { each: 'callback' },
  callback: { each: 'pathItem', extensible: true, section: 'callbacks' },
  securitySchemes: { each: 'securityScheme' },
  securityScheme: { section: 'securitySchemes', swaggerSection: 'securityDefinitions' },
  schemas: { each: 'schema' },
  schemaList: { list: 'schema' },
  schema: {
    fields: {
      ...named('schemas', 'properties patternProperties dependentSchemas $defs definitions'),
      ...named('schemaList', 'allOf anyOf oneOf prefixItems'),
      ...named('schema', 'items additionalItems unevaluatedItems contains contentSchema'),
      ...named('schema', 'additionalProperties unevaluatedProperties propertyNames'),
      ...named('schema', 'not if then else'),
      discriminator: 'discriminator',
    },
    // `items` was a list of schemas before 2020-12.
    list: 'schema',
    section: 'schemas',
    swaggerSection: 'definitions',
  },
  discriminator: { fields: { mapping: 'mapping' } },
  mapping: {},
};

/** The path of the section of components for a kind; undefined when there is none. */
export type Sections = (kind: Kind) => readonly string[] | undefined;

/** Where shared objects are in documents of a version. */
export function sectionsOf(version: Version): Sections {
  const field = version === '2.0' ? 'swaggerSection' : 'section';
  const parents = version === '2.0' ? [] : ['components'];
  return (kind) => {
    const name = grammar[kind][field];
    return name === undefined ? undefined : [...parents, name];
  };
}
