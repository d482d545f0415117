import type { Api } from '../api.js';
import type { Environment } from '../environment.js';
import { isObject } from '../json.js';
import { isTellingHeader } from '../credentials/secrets.js';
import { readCredentials, type UpstreamCredentials } from '../credentials/settings.js';
import type { Callers } from '../credentials/token-settings.js';
import { readProxySettings, type ProxySettings, type TlsSettings } from '../http-client.js';
import { readServers, type Servers } from './base-url.js';
import { isHeaderName, isHeaderValue, isReservedHeader } from './header.js';
import { readTlsSettings } from './tls-settings.js';

/** How the upstream API is reached. */
export interface UpstreamSettings extends Servers {
  /** Milliseconds for a whole call: a token, all tries, redirects, and reading the answer. */
  readonly timeoutMs: number;
  /** Further tries, where trying again can do no harm. */
  readonly retries: number;
  /** Bytes of a response body, decompressed, after which it is cut. */
  readonly maxResponseBytes: number;
  /** Sent with every request; they win over arguments. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: UpstreamCredentials;
  readonly proxy: ProxySettings;
  readonly tls: TlsSettings;
}

const headersExample = '{"X-Tenant":"acme"}';

/** Reads the settings of the upstream half and records in `env` what is wrong with them. */
export function readUpstreamSettings(
  api: Api,
  env: Environment,
  callers: Callers,
): UpstreamSettings {
  const headers = readHeaders(api, env);
  const proxy = readProxySettings(env);
  const tls = readTlsSettings(env);
  return {
    ...readServers(api, env),
    timeoutMs: env.integer('UPSTREAM_TIMEOUT_MS', 30_000, { min: 1, max: 3_600_000 }),
    retries: env.integer('UPSTREAM_RETRIES', 2, { min: 0, max: 10 }),
    maxResponseBytes: env.integer('MCP_MAX_RESPONSE_BYTES', 1_048_576, {
      min: 1,
      max: 1_073_741_824,
    }),
    headers,
    credentials: readCredentials(api, env, {
      callers,
      hasCertificate: tls.certificate !== undefined,
      extraSecrets: [...secretHeaders(headers), ...proxySecrets(proxy)],
    }),
    proxy,
    tls,
  };
}

function readHeaders(api: Api, env: Environment): Record<string, string> {
  const text = env.text('UPSTREAM_HEADERS');
  const headers = text === undefined ? {} : parseHeaders(text);
  if (headers === undefined) {
    env.problem('UPSTREAM_HEADERS', 'must be a JSON object of strings', headersExample);
    return {};
  }
  for (const [name, value] of Object.entries(headers)) {
    const fault = headerFault(api, name, value);
    if (fault !== undefined) env.problem('UPSTREAM_HEADERS', fault, headersExample);
  }
  return headers;
}

function parseHeaders(text: string): Record<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isStringRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isStringRecord(value: unknown): value is Record<string, string> {
  return isObject(value) && Object.values(value).every((item) => typeof item === 'string');
}

/** The text may show a name, never a value. */
function headerFault(api: Api, name: string, value: string): string | undefined {
  if (!isHeaderName(name)) return 'must have header names as its keys';
  const variable = keyVariable(api, name);
  if (variable !== undefined) return `must not set ${name}: it is an API key, set ${variable}`;
  if (isReservedHeader(name)) {
    return `must not set ${name}: this server does (credentials: UPSTREAM_AUTH and its variables)`;
  }
  return isHeaderValue(value) ? undefined : `has a value for ${name} that no header can carry`;
}

/** Set as a fixed header, a key would go to operations that ask for none. */
function keyVariable({ securitySchemes }: Api, name: string): string | undefined {
  for (const scheme of Object.values(securitySchemes)) {
    if (scheme.type !== 'apiKey' || scheme.in !== 'header') continue;
    if (scheme.name.toLowerCase() === name.toLowerCase()) return scheme.variable;
  }
  return undefined;
}

function secretHeaders(headers: Record<string, string>): string[] {
  return Object.keys(headers)
    .filter(isTellingHeader)
    .map((name) => headers[name] ?? '');
}

function proxySecrets({ http, https }: ProxySettings): string[] {
  return [http, https].flatMap((text) => {
    if (text === undefined) return [];
    const { username, password } = new URL(text);
    const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
    return secret === '' ? [] : [`${user}:${secret}`, secret];
  });
}
