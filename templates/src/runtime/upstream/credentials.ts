import type { Api, SecurityScheme } from '../api.js';
import type { Environment } from '../environment.js';
import { isHeaderValue } from './header.js';
import { createSecrets, type Secrets } from './secrets.js';

const modes = ['none', 'api-key', 'basic', 'bearer'] as const;

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
  readonly bearer?: string;
  readonly secrets: Secrets;
  /** For people, at start: the mode and the variables in use, never their values. */
  readonly describe: string;
}

type ApiKey = Extract<SecurityScheme, { type: 'apiKey' }>;

/**
 * Reads the upstream credentials and records in `env` what is wrong with them. `extraSecrets` are masked as
 * well, but never sent.
 */
export function readCredentials(
  api: Api,
  env: Environment,
  extraSecrets: readonly string[] = [],
): UpstreamCredentials {
  const mode = env.oneOf('UPSTREAM_AUTH', modes);
  const may = (kind: UpstreamAuth): boolean => mode === undefined || mode === kind;
  const keys = may('api-key') ? readKeys(api, env) : new Map<string, string>();
  const basic = may('basic') ? readBasic(env) : undefined;
  const bearer = may('bearer') ? readBearer(env) : undefined;
  const found = {
    'api-key': keys.size > 0,
    basic: basic !== undefined,
    bearer: bearer !== undefined,
  };
  if (mode !== undefined && mode !== 'none' && !found[mode]) reportMissing(api, env, mode);
  const pair = basic ?? [];
  return {
    ...(mode !== undefined && { mode }),
    schemes: api.securitySchemes,
    keys,
    ...(basic !== undefined && { basic: encodeBasic(basic) }),
    ...(bearer !== undefined && { bearer }),
    secrets: createSecrets([
      ...keys.values(),
      ...secretsOf(pair),
      ...listOf(bearer),
      ...extraSecrets,
    ]),
    describe: describe(mode, found),
  };
}

function describe(mode: UpstreamAuth | undefined, found: Record<string, boolean>): string {
  const held = Object.keys(found).filter((kind) => found[kind]);
  return mode ?? (held.length === 0 ? 'no credentials' : held.join(', '));
}

function listOf(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
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

/** Either variable will do: some APIs want a key as the user name and no password, some the reverse. */
function readBasic(env: Environment): [user: string, password: string] | undefined {
  const user = env.text('UPSTREAM_USERNAME');
  const password = env.text('UPSTREAM_PASSWORD');
  if (user === undefined && password === undefined) return undefined;
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

function readBearer(env: Environment): string | undefined {
  const token = env.text('UPSTREAM_BEARER_TOKEN');
  if (token !== undefined && (!isHeaderValue(token) || /\s/.test(token))) {
    env.problem(
      'UPSTREAM_BEARER_TOKEN',
      'must be one token, without the word Bearer',
      'eyJhbGciOi',
    );
  }
  return token;
}

function reportMissing(api: Api, env: Environment, mode: Exclude<UpstreamAuth, 'none'>): void {
  const needed = `is needed, because UPSTREAM_AUTH is ${mode}`;
  if (mode === 'basic') env.problem('UPSTREAM_USERNAME', needed, 'alice');
  if (mode === 'bearer') env.problem('UPSTREAM_BEARER_TOKEN', needed, 'eyJhbGciOi');
  if (mode !== 'api-key') return;
  const [first] = keySchemes(api);
  if (first !== undefined) env.problem(first[1].variable, needed, 'k-1234567890');
  else env.problem('UPSTREAM_AUTH', 'cannot be api-key: the API describes no API key', 'bearer');
}
