import type { Api, SecurityScheme } from '../api.js';
import type { Environment } from '../environment.js';
import { isHeaderValue } from '../upstream/header.js';
import { createSecrets, type Secrets } from './secrets.js';
import { readTokens, tokenKinds, type Callers, type TokenSettings } from './token-settings.js';

const modes = ['none', 'api-key', 'basic', ...tokenKinds] as const;

/** Values of `UPSTREAM_AUTH`. */
export type UpstreamAuth = (typeof modes)[number];

/** What this server may show to the upstream API. It never holds anything of a caller's. */
export interface UpstreamCredentials {
  /** What the operator chose; absent: whatever the document asks for and the environment holds. */
  readonly mode?: UpstreamAuth;
  readonly schemes: Api['securitySchemes'];
  /** API keys, by the name of their scheme. */
  readonly keys: ReadonlyMap<string, string>;
  /** `user:password` in base64 (RFC 7617). */
  readonly basic?: string;
  /** Where bearer tokens come from. */
  readonly tokens?: TokenSettings;
  /** Whether connections show a client certificate. */
  readonly hasCertificate: boolean;
  readonly secrets: Secrets;
}

/** What else the credentials depend on. */
export interface CredentialsContext {
  readonly callers: Callers;
  readonly hasCertificate: boolean;
  /** Masked as well, but never sent. */
  readonly extraSecrets: readonly string[];
}

type ApiKey = Extract<SecurityScheme, { type: 'apiKey' }>;

/** Reads the upstream credentials and records in `env` what is wrong with them. */
export function readCredentials(
  api: Api,
  env: Environment,
  { callers, hasCertificate, extraSecrets }: CredentialsContext,
): UpstreamCredentials {
  const mode = env.oneOf('UPSTREAM_AUTH', modes) ?? impliedMode(env);
  const kind = tokenKinds.find((known) => known === mode);
  const keys = mode === 'none' ? new Map<string, string>() : readKeys(api, env);
  const basic = mode === undefined || mode === 'basic' ? readBasic(env, mode) : undefined;
  const tokens =
    mode === undefined || kind !== undefined ? readTokens(api, env, kind, callers) : undefined;
  if (mode === 'api-key' && keys.size === 0) reportNoKey(api, env);
  return {
    ...(mode !== undefined && { mode }),
    schemes: api.securitySchemes,
    keys,
    ...(basic !== undefined && { basic: encodeBasic(basic) }),
    ...(tokens !== undefined && { tokens }),
    hasCertificate,
    secrets: createSecrets([
      ...keys.values(),
      ...secretsOf(basic ?? []),
      ...tokenSecrets(tokens),
      ...extraSecrets,
    ]),
  };
}

/** Who asks for calls in the name of their callers must not get any with a key that all of them share. */
function impliedMode(env: Environment): UpstreamAuth | undefined {
  return env.text('UPSTREAM_TOKEN_EXCHANGE') === undefined ? undefined : 'token-exchange';
}

/** The schemes whose credential is an API key, by name. */
function keySchemes(api: Api): [string, ApiKey][] {
  return Object.entries(api.securitySchemes).filter(
    (entry): entry is [string, ApiKey] => entry[1].type === 'apiKey',
  );
}

function readKeys(api: Api, env: Environment): Map<string, string> {
  const keys = new Map<string, string>();
  for (const [name, scheme] of keySchemes(api)) {
    const key = env.text(scheme.variable);
    if (key === undefined) continue;
    if (!isKey(key, scheme)) {
      env.problem(
        scheme.variable,
        `must be a key that can stand in a ${scheme.in}`,
        'k-1234567890',
      );
    }
    keys.set(name, key);
  }
  return keys;
}

/** RFC 6265 section 4.1.1 leaves blanks, quotes, commas, semicolons and backslashes out of cookies. */
function isKey(key: string, scheme: ApiKey): boolean {
  return isHeaderValue(key) && !(scheme.in === 'cookie' && /[\s",;\\]/.test(key));
}

function reportNoKey(api: Api, env: Environment): void {
  const [first] = keySchemes(api);
  const needed = 'is needed, because UPSTREAM_AUTH is api-key';
  if (first !== undefined) env.problem(first[1].variable, needed, 'k-1234567890');
  else env.problem('UPSTREAM_AUTH', 'cannot be api-key: the API describes no API key', 'bearer');
}

/** Either variable will do: some APIs want a key as the user name and no password, some the reverse. */
function readBasic(
  env: Environment,
  mode: UpstreamAuth | undefined,
): [user: string, password: string] | undefined {
  const user = env.text('UPSTREAM_USERNAME');
  const password = env.text('UPSTREAM_PASSWORD');
  if (user === undefined && password === undefined) {
    if (mode === 'basic')
      env.problem('UPSTREAM_USERNAME', 'is needed, because UPSTREAM_AUTH is basic', 'alice');
    return undefined;
  }
  // RFC 7617 section 2: no colon in the user name, no control characters in either.
  if (/[:\p{Cc}]/u.test(user ?? '')) {
    env.problem('UPSTREAM_USERNAME', 'must not contain a colon or control characters', 'alice');
  }
  if (/\p{Cc}/u.test(password ?? '')) {
    env.problem('UPSTREAM_PASSWORD', 'must not contain control characters', 's3cret');
  }
  return [user ?? '', password ?? ''];
}

/** RFC 7617 section 2.1 recommends UTF-8. */
function encodeBasic([user, password]: [string, string]): string {
  return Buffer.from(`${user}:${password}`, 'utf8').toString('base64');
}

/** The pair, and its secret half; that is the user name when there is no password. */
function secretsOf([user, password]: readonly string[]): string[] {
  return user === undefined
    ? []
    : [`${user}:${password ?? ''}`, password === '' ? user : (password ?? '')];
}

function tokenSecrets(tokens: TokenSettings | undefined): string[] {
  if (tokens?.kind === 'bearer') return [tokens.token];
  if (tokens === undefined || tokens.kind === 'forward') return [];
  const { authentication } = tokens.client;
  return 'secret' in authentication ? [authentication.secret] : [];
}
