import { Ajv, type ErrorObject } from 'ajv';

/**
 * Every constraint that the MCP registry's published schema puts on `server.json`, definition by definition. Written
 * from https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json as it is in
 * modelcontextprotocol/registry, internal/validators/schemas/2025-12-11.json at commit
 * e361b5ff5a925b36a38eda0544bca8230a84558b, read on 2026-11-29. Not a copy: the texts and examples are missing. The
 * registry's own checks go further, in its code: ranges as a version, and who may use a namespace.
 */
const text = { type: 'string' };
const flag = { type: 'boolean' };
const uri = { type: 'string', format: 'uri' };
const oneOf = (...values: string[]) => ({ type: 'string', enum: values });
const listOf = (name: string) => ({ type: 'array', items: to(name) });
const to = (name: string) => ({ $ref: `#/definitions/${name}` });
const object = (properties: object, ...required: string[]) => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});
const inputs = { type: 'object', additionalProperties: to('Input') };
const remote = (type: string) =>
  object(
    {
      type: oneOf(type),
      url: { type: 'string', pattern: '^https?://[^\\s]+$' },
      headers: listOf('KeyValueInput'),
    },
    'type',
    'url',
  );

const definitions = {
  Argument: { anyOf: [to('PositionalArgument'), to('NamedArgument')] },
  Icon: object(
    {
      src: { ...uri, maxLength: 255 },
      mimeType: oneOf('image/png', 'image/jpeg', 'image/jpg', 'image/svg+xml', 'image/webp'),
      sizes: { type: 'array', items: { type: 'string', pattern: '^(\\d+x\\d+|any)$' } },
      theme: oneOf('light', 'dark'),
    },
    'src',
  ),
  Input: object({
    choices: { type: 'array', items: text },
    default: text,
    description: text,
    format: oneOf('string', 'number', 'boolean', 'filepath'),
    isRequired: flag,
    isSecret: flag,
    placeholder: text,
    value: text,
  }),
  InputWithVariables: { allOf: [to('Input'), object({ variables: inputs })] },
  KeyValueInput: { allOf: [to('InputWithVariables'), object({ name: text }, 'name')] },
  LocalTransport: {
    anyOf: [to('StdioTransport'), to('StreamableHttpTransport'), to('SseTransport')],
  },
  NamedArgument: {
    allOf: [
      to('InputWithVariables'),
      object({ type: oneOf('named'), name: text, isRepeated: flag }, 'type', 'name'),
    ],
  },
  Package: object(
    {
      registryType: text,
      registryBaseUrl: uri,
      identifier: text,
      version: { type: 'string', minLength: 1, not: { const: 'latest' } },
      fileSha256: { type: 'string', pattern: '^[a-f0-9]{64}$' },
      runtimeHint: text,
      runtimeArguments: listOf('Argument'),
      packageArguments: listOf('Argument'),
      environmentVariables: listOf('KeyValueInput'),
      transport: to('LocalTransport'),
    },
    'registryType',
    'identifier',
    'transport',
  ),
  PositionalArgument: {
    allOf: [
      to('InputWithVariables'),
      {
        ...object({ type: oneOf('positional'), valueHint: text, isRepeated: flag }, 'type'),
        anyOf: [{ required: ['valueHint'] }, { required: ['value'] }],
      },
    ],
  },
  RemoteTransport: {
    allOf: [
      { anyOf: [to('StreamableHttpTransport'), to('SseTransport')] },
      object({ variables: inputs }),
    ],
  },
  Repository: object({ url: uri, source: text, subfolder: text, id: text }, 'url', 'source'),
  ServerDetail: object(
    {
      $schema: uri,
      name: {
        type: 'string',
        minLength: 3,
        maxLength: 200,
        pattern: '^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$',
      },
      title: { type: 'string', minLength: 1, maxLength: 100 },
      description: { type: 'string', minLength: 1, maxLength: 100 },
      version: { type: 'string', maxLength: 255 },
      websiteUrl: uri,
      icons: listOf('Icon'),
      repository: to('Repository'),
      packages: listOf('Package'),
      remotes: listOf('RemoteTransport'),
      _meta: object({
        'io.modelcontextprotocol.registry/publisher-provided': { type: 'object' },
      }),
    },
    'name',
    'description',
    'version',
  ),
  SseTransport: remote('sse'),
  StdioTransport: object({ type: oneOf('stdio') }, 'type'),
  StreamableHttpTransport: remote('streamable-http'),
};

const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addFormat('uri', (value: string) => URL.canParse(value));
const validate = ajv.compile({ ...to('ServerDetail'), definitions });

/** The violations of the schema in an entry, as JSON pointers with the keyword. */
export function faultsOf(entry: unknown): string[] {
  if (validate(entry)) return [];
  return (validate.errors ?? []).map(({ instancePath, keyword }: ErrorObject) =>
    [instancePath, keyword].join(' ').trim(),
  );
}
