import type { Api } from './api.js';

/** An environment variable, as used by its readers, `.env.example` and the READMEs. */
export interface Variable extends Details {
  /** A `secret` or `json` value may also come from the file that `<NAME>_FILE` names. */
  readonly kind:
    'text' | 'url' | 'list' | 'integer' | 'boolean' | 'enum' | 'json' | 'file' | 'secret';
  /** For operators, in Markdown. */
  readonly text: string;
}

interface Details {
  /** The default if the variable is not set. */
  readonly default?: string | number | boolean;
  /** The default in words, in Markdown, if it varies. */
  readonly fallback?: string;
  readonly example?: string;
  /** The minimum and maximum of an integer. */
  readonly range?: readonly [min: number, max: number];
  /** The allowed values of an `enum`. */
  readonly values?: readonly string[];
  readonly when?: Condition;
}

/** When a variable has an effect: with certain callers, or with certain API credentials. */
export type Condition = 'open' | 'opaque' | 'credentials' | 'basic' | 'tokens' | 'exchange';

function row<const K extends Variable['kind']>(kind: K) {
  return <const D extends Details>(text: string, details: D) => ({ kind, text, ...details });
}

const [text, url, list] = [row('text'), row('url'), row('list')] as const;
const [integer, flag, oneOf] = [row('integer'), row('boolean'), row('enum')] as const;
const [json, file, secret] = [row('json'), row('file'), row('secret')] as const;

// Each table row is one line, or a sentence and a line of details.
// prettier-ignore
const server = {
  PORT: integer('The port to listen on; 0 lets the system choose.', { default: 3000, range: [0, 65_535] }),
  HOST: text('The address to listen on. Unless it is loopback, put TLS in front of it.', { default: '127.0.0.1' }),
  MCP_RESOURCE_URL: url('The public URL that clients connect to; with OAuth also the audience of access tokens.',
    { fallback: '`--resource-url`, else `http://localhost:PORT/mcp`', example: 'https://mcp.example.com/mcp' }),
  MCP_ALLOW_UNAUTHENTICATED: flag('`true` lets this server start where others can reach it without a token; all calls use its credentials.',
    { default: false, when: 'open' }),
  MCP_ALLOWED_ORIGINS: list('Origins of web pages and extensions that may call this server, besides its own.',
    { example: 'https://app.example.com' }),
  MCP_ALLOWED_HOSTS: list('Host names that this server answers to, besides the one of `MCP_RESOURCE_URL`.',
    { example: 'mcp.internal.example.com' }),
  MCP_TRUSTED_PROXIES: list('Proxies (addresses, CIDR networks) whose `X-Forwarded-For` is trusted for limits and the log.',
    { example: '10.0.0.0/8' }),
  MCP_TOOLS: oneOf('How operations are offered: each as a tool, or through three tools that find and call them.',
    { values: ['all', 'search'], fallback: '`--tools`, else `all`' }),
  MCP_CONFIRM: oneOf('Which calls the user confirms: those that the `document` marks (`x-mcp.confirm`), all `destructive` ones as well, or `none`.',
    { values: ['document', 'destructive', 'none'], default: 'document' }),
  MCP_REQUEST_STATE_KEY: secret('The key, of 32 bytes or more, that ties confirmations to their questions. Several instances need the same one.',
    { fallback: 'random for each process', example: '…' }),
  MCP_RATE_LIMIT: integer('Messages per minute for each caller, tool calls and others; more are refused with 429.',
    { default: 600, range: [1, 1_000_000] }),
  MCP_MAX_HEADER_BYTES: integer('Maximum size of request headers in bytes, and so of an access token; larger ones are refused with 431.',
    { default: 32_768, range: [8192, 1_048_576] }),
  MCP_KEEP_ALIVE_SECONDS: integer('Seconds that idle connections stay open. Must be longer than those of the proxy in front, or it will return 502.',
    { default: 65, range: [1, 3600] }),
  MCP_DRAIN_SECONDS: integer('Seconds after SIGTERM in which this server still accepts requests while `/readyz` fails, so that load balancers switch away.',
    { default: 0, range: [0, 3600] }),
  MCP_SHUTDOWN_SECONDS: integer('Seconds that calls may then take to finish. Docker kills the server 10 seconds after SIGTERM, Kubernetes 30.',
    { default: 7, range: [1, 3600] }),
  MCP_MAX_RESULT_CHARACTERS: integer('Maximum size of a result in characters (about four per token); longer responses are shortened.',
    { default: 60_000, range: [1000, 10_000_000] }),
  MCP_FIELDS: flag('`false` removes the argument `fields`, which selects members of responses, from all tools.', { default: true }),
  OPENAI_APPS_CHALLENGE: text('The token that proves to OpenAI that this domain is yours, served at `/.well-known/openai-apps-challenge`.',
    { example: 'dGhlIHRva2Vu' }),
  MCP_FETCH_FILES: flag('`true` lets callers pass files of request bodies as `https:` URLs, which this server fetches from public addresses.',
    { default: false }),
  MCP_MAX_RESPONSE_BYTES: integer('Maximum size of an API response in bytes; longer responses are truncated.',
    { default: 10_485_760, range: [1, 1_073_741_824] }),
  MCP_TRACE_DETAILS: list('What OpenTelemetry spans show besides the tool: `arguments` of calls, `subject` of tokens.',
    { fallback: 'neither', example: 'arguments subject' }),
};

// prettier-ignore
const oauth = {
  OAUTH_AUTHORIZATION_SERVER: list('The issuer URL of the authorization server, exactly as in the `iss` of its tokens. Can be a list.',
    { fallback: '`--oauth-server`', example: 'https://auth.example.com' }),
  OAUTH_AUDIENCE: list('Accepted audiences, if the provider cannot issue tokens for `MCP_RESOURCE_URL`.',
    { fallback: '`MCP_RESOURCE_URL`', example: 'https://api.example.com' }),
  OAUTH_AUDIENCE_CLAIM: text('The claim that holds the audience. Amazon Cognito: `client_id`, which requires `OAUTH_AUDIENCE`.',
    { default: 'aud' }),
  OAUTH_ISSUER: list('Accepted `iss` values, if they differ from the issuer URL. They are compared, never fetched.',
    { fallback: 'the issuer URL', example: 'https://auth.example.com' }),
  OAUTH_METADATA_URL: url("The URL of the provider's metadata, if discovery does not find it.",
    { fallback: 'discovered', example: 'https://auth.example.com/.well-known/openid-configuration' }),
  OAUTH_JWKS_URI: url("The URL of the provider's keys, instead of the one in its metadata.",
    { fallback: 'discovered', example: 'https://auth.example.com/jwks' }),
  OAUTH_ALLOW_HTTP: flag('`true` allows plain `http` for the OAuth URLs that are set here, and for URLs of the same host in their documents.',
    { default: false }),
  OAUTH_SCOPE_CLAIM: list('The claims that hold scopes. Auth0 with RBAC: `permissions`. Entra ID app roles: `roles`. Keycloak roles: `realm_access.roles`.',
    { default: 'scope scp' }),
  OAUTH_SCOPE_PREFIX: text('The prefix that the provider adds to the scopes of this server.',
    { example: 'api://example/' }),
  OAUTH_SCOPE_IMPLIES: text('Scopes that include others.', { example: 'admin=read,write write=read' }),
  OAUTH_SCOPES_SUPPORTED: list('The scopes that the metadata advertises.',
    { fallback: 'those of all tools', example: 'read write' }),
  OAUTH_BASELINE_SCOPES: list('The scopes that the first challenge asks for.',
    { fallback: 'those of the read-only tools', example: 'read' }),
  OAUTH_CLOCK_TOLERANCE: integer('Seconds by which the clocks of this server and the provider may differ.',
    { default: 30, range: [0, 600] }),
  OAUTH_REQUIRE_AT_JWT: flag('`true` accepts only tokens whose type is `at+jwt` (RFC 9068).', { default: false }),
  OAUTH_TOKEN_FORMAT: oneOf('The format of tokens: JWTs are validated here, opaque tokens by introspection (RFC 7662).',
    { values: ['jwt', 'opaque'], default: 'jwt' }),
  OAUTH_INTROSPECTION_URL: url('The introspection endpoint; setting it implies `OAUTH_TOKEN_FORMAT=opaque`.',
    { fallback: 'discovered', example: 'https://auth.example.com/introspect' }),
  OAUTH_CLIENT_ID: text('The ID of the client as which this server introspects tokens.',
    { example: 'my-server', when: 'opaque' }),
  OAUTH_CLIENT_SECRET: secret('The secret of that client.', { example: '…', when: 'opaque' }),
  OAUTH_CLIENT_AUTH: oneOf('How that client authenticates.',
    { values: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'], fallback: '`client_secret_basic`', when: 'opaque' }),
  OAUTH_CLIENT_KEY_FILE: file('The private key for `private_key_jwt` (PEM or JWK), as for `UPSTREAM_CLIENT_KEY_FILE`.',
    { example: './client-key.pem', when: 'opaque' }),
  OAUTH_CLIENT_KEY_ID: text('The ID of that key at the provider.', { example: 'key-1', when: 'opaque' }),
  MCP_SCOPE_ERRORS: oneOf('How a missing scope is reported: with 403 (`http`), as a `tool` error, or depending on the client (`auto`).',
    { values: ['auto', 'http', 'tool'], default: 'auto' }),
  MCP_PUBLIC_TOOLS: oneOf('What works without a token: `none`, or the tools that are public in the `document` (`security: []`), and lists.',
    { values: ['none', 'document'], default: 'none' }),
};

// prettier-ignore
const upstream = {
  UPSTREAM_BASE_URL: url("The base URL of the API. If it differs from the document's, it also replaces the servers of single operations.",
    { fallback: "`--base-url`, else the document's", example: 'https://api.example.com/v1' }),
  UPSTREAM_AUTH: oneOf('The only kind of credentials to send, whatever the operations require.',
    { values: ['none', 'api-key', 'basic', 'bearer', 'client-credentials', 'token-exchange', 'forward', 'login'],
      fallback: 'what each operation requires', when: 'credentials' }),
  UPSTREAM_USERNAME: secret('The user name, sent as `Authorization: Basic`.', { example: 'alice', when: 'basic' }),
  UPSTREAM_PASSWORD: secret('The password, sent as `Authorization: Basic`.', { example: 's3cret', when: 'basic' }),
  UPSTREAM_BEARER_TOKEN: secret('A fixed token, sent as `Authorization: Bearer`.',
    { example: 'eyJhbGciOi', when: 'tokens' }),
  UPSTREAM_CLIENT_ID: text('The ID of the client that obtains tokens for the API (client credentials, RFC 6749).',
    { example: 'my-server', when: 'tokens' }),
  UPSTREAM_CLIENT_SECRET: secret('The secret of that client.', { example: '…', when: 'tokens' }),
  UPSTREAM_CLIENT_AUTH: oneOf('How that client authenticates.',
    { values: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'], fallback: '`client_secret_basic`', when: 'tokens' }),
  UPSTREAM_CLIENT_KEY_FILE: file('The private key for `private_key_jwt` (PEM or JWK). A certificate in the same file tells the provider which key it is.',
    { example: './client-key.pem', when: 'tokens' }),
  UPSTREAM_CLIENT_KEY_ID: text('The ID of that key at the provider.', { example: 'key-1', when: 'tokens' }),
  UPSTREAM_TOKEN_URL: url("The token endpoint of the API's authorization server.",
    { fallback: "the document's", example: 'https://auth.example.com/token', when: 'tokens' }),
  UPSTREAM_SCOPES: list('The scopes to request; `none` requests none.',
    { fallback: 'those that the operation needs', example: 'read write', when: 'tokens' }),
  UPSTREAM_TOKEN_AUDIENCE: text('The audience to request (Auth0 requires it); forwarded tokens must have it.',
    { example: 'https://api.example.com', when: 'tokens' }),
  UPSTREAM_TOKEN_RESOURCE: text('The URL of the API, requested as `resource` (RFC 8707).',
    { example: 'https://api.example.com', when: 'tokens' }),
  UPSTREAM_TOKEN_EXCHANGE: oneOf("How callers' tokens are exchanged; setting it implies `UPSTREAM_AUTH=token-exchange`.",
    { values: ['rfc8693', 'entra-obo'], default: 'rfc8693', when: 'exchange' }),
  UPSTREAM_HEADERS: json('Headers of every request to the API, as a JSON object.', { example: '{"X-Tenant":"acme"}' }),
  UPSTREAM_TIMEOUT_MS: integer('Milliseconds for a whole call, including all attempts.',
    { default: 30_000, range: [1, 3_600_000] }),
  UPSTREAM_RETRIES: integer('Further attempts after 429 and 503, for idempotent methods.',
    { default: 2, range: [0, 10] }),
  UPSTREAM_CA_FILE: file('Certificate authorities that are trusted in addition to the public ones (PEM).',
    { example: './ca.pem' }),
  UPSTREAM_CERT_FILE: file('The client certificate that this server presents to the API (PEM).',
    { example: './client.pem' }),
  UPSTREAM_KEY_FILE: file('The private key of that certificate (PEM).', { example: './client-key.pem' }),
  HTTPS_PROXY: url('The proxy for requests to `https` URLs, of the API and of authorization servers.',
    { example: 'http://proxy:3128' }),
  HTTP_PROXY: url('The proxy for requests to `http` URLs.', { example: 'http://proxy:3128' }),
  NO_PROXY: text('Hosts that are accessed without a proxy.', { example: 'localhost,.internal.example.com' }),
};

/** The table: every variable that a server reads, by topic. Readers, `.env.example` and both READMEs use it. */
export const groups = { server, oauth, upstream };

/** The table, by name. */
export const variables = { ...server, ...oauth, ...upstream };

/** The names in the table. */
export type VariableName = keyof typeof variables;

/** The names of the variables of some kinds. */
export type NameOf<K extends Variable['kind']> = {
  [N in VariableName]: (typeof variables)[N]['kind'] extends K ? N : never;
}[VariableName];

/** Variables for each of several authorization servers, by its position in `OAUTH_AUTHORIZATION_SERVER`, from 1. */
// prettier-ignore
export const numbered = {
  'OAUTH_AUDIENCE_<N>': list('The audiences of the Nth server in the list, instead of `OAUTH_AUDIENCE`.',
    { fallback: '`OAUTH_AUDIENCE`', example: 'https://api.example.com' }),
  'OAUTH_METADATA_URL_<N>': url('The URL of its metadata. A list takes this instead of `OAUTH_METADATA_URL`.',
    { fallback: 'discovered', example: 'https://auth.example.com/.well-known/openid-configuration' }),
  'OAUTH_JWKS_URI_<N>': url('The URL of its keys. A list takes this instead of `OAUTH_JWKS_URI`.',
    { fallback: 'discovered', example: 'https://auth.example.com/jwks' }),
};

/** Whether a name is one of those variables. */
export function isNumbered(name: string): boolean {
  const [, base = ''] = /^(.+)_\d+$/.exec(name) ?? [];
  return Object.hasOwn(numbered, `${base}_<N>`);
}

/** Rows for the variables that this document adds to the table. Their texts are the document’s: escape them. */
export function documentVariables({
  securitySchemes,
  serverVariables = {},
}: Pick<Api, 'securitySchemes' | 'serverVariables'>): Readonly<Record<string, Variable>> {
  const servers = Object.entries(serverVariables).map(([name, { variable }]) => {
    return [variable, text(`For ${name} in the API's URL`, {})] as const;
  });
  const keys = Object.entries(securitySchemes).flatMap(([name, scheme]) => {
    if (scheme.type !== 'apiKey') return [];
    const text = `API key of the scheme ${name}, sent in the ${scheme.in} as ${scheme.name}.`;
    return [[scheme.variable, secret(text, {})] as const];
  });
  return Object.fromEntries<Variable>([...servers, ...keys]);
}

/** The names in rows, including those of files with secrets. */
export function namesIn(rows: Readonly<Record<string, Variable>>): string[] {
  return Object.entries(rows).flatMap(([name, { kind }]) =>
    kind === 'secret' || kind === 'json' ? [name, `${name}_FILE`] : [name],
  );
}
