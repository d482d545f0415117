import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isObject, own, type Api, type ServerVariable } from '../api.js';
import { isSecretHeader } from '../credentials/secrets.js';
import { readCredentials } from '../credentials/settings.js';
import type { Callers, UpstreamCredentials } from '../credentials/settings.js';
import { unknownVariables, type Environment } from '../environment.js';
import { isHeaderName, isHeaderValue, isReservedHeader, parseJson } from '../http.js';
import type { ProxySettings, TlsSettings } from '../outgoing.js';
import { acceptPair } from '../platform.js';
import { parseUrl } from '../text.js';

/** The settings for reaching the upstream API. */
export interface UpstreamSettings extends Servers {
  /** Milliseconds for a whole call: getting a token, all attempts, redirects, and reading the response. */
  readonly timeoutMs: number;
  /** Further attempts, if a retry is safe. */
  readonly retries: number;
  /** Maximum bytes of a response body, decompressed; longer ones are truncated. */
  readonly maxResponseBytes: number;
  /** Of a result, its notes included. */
  readonly maxResultCharacters: number;
  /** Whether tools take the argument `fields`. */
  readonly fields: boolean;
  /** Whether the server fetches files that callers name by URL. */
  readonly fetchFiles: boolean;
  /** Sent with every request; they take precedence over arguments. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: UpstreamCredentials;
  readonly proxy: ProxySettings;
  readonly tls: TlsSettings;
  /** Additional details of a call in spans, besides its tool. */
  readonly traceDetails: ReadonlySet<string>;
  /** Sentences for the operator, logged at start. */
  readonly warnings: readonly string[];
}

/** Reads the settings of the upstream half and records their problems in `env`. */
export function readUpstreamSettings(
  api: Api,
  env: Environment,
  callers: Callers,
  proxy: ProxySettings,
): UpstreamSettings {
  const headers = readHeaders(api, env);
  const tls = readTlsSettings(env);
  return {
    ...readServers(api, env),
    timeoutMs: env.integer('UPSTREAM_TIMEOUT_MS'),
    retries: env.integer('UPSTREAM_RETRIES'),
    maxResponseBytes: env.integer('MCP_MAX_RESPONSE_BYTES'),
    fields: env.boolean('MCP_FIELDS'),
    fetchFiles: env.boolean('MCP_FETCH_FILES'),
    maxResultCharacters: env.integer('MCP_MAX_RESULT_CHARACTERS'),
    headers,
    credentials: readCredentials(api, env, {
      callers,
      hasCertificate: tls.certificate !== undefined,
      extraSecrets: [...secretHeaders(headers), ...proxySecrets(proxy)],
    }),
    proxy,
    tls,
    traceDetails: new Set(env.list('MCP_TRACE_DETAILS', detailFault)),
    warnings: unknownVariables(api, env),
  };
}

function detailFault(item: string): string | undefined {
  return ['arguments', 'subject'].includes(item)
    ? undefined
    : 'lists `arguments`, `subject`, or both';
}

function readHeaders(api: Api, env: Environment): Record<string, string> {
  const headers = parseHeaders(env.secret('UPSTREAM_HEADERS') ?? '{}');
  if (headers === undefined) env.problem('UPSTREAM_HEADERS', 'must be a JSON object of strings');
  for (const [name, value] of Object.entries(headers ?? {})) {
    const fault = headerFault(api, name, value);
    if (fault !== undefined) env.problem('UPSTREAM_HEADERS', fault);
  }
  return headers ?? {};
}

function parseHeaders(text: string): Record<string, string> | undefined {
  const value = parseJson(text);
  const isRecord = isObject(value) && Object.values(value).every((one) => typeof one === 'string');
  return isRecord ? (value as Record<string, string>) : undefined;
}

/** The text may show a name, never a value. */
function headerFault(api: Api, name: string, value: string): string | undefined {
  if (!isHeaderName(name)) return 'must have header names as its keys';
  const variable = keyVariable(api, name);
  if (variable !== undefined) return `must not set ${name}: it is an API key, set ${variable}`;
  if (isReservedHeader(name))
    return `must not set ${name}: this server does (credentials: UPSTREAM_AUTH and its variables)`;
  return isHeaderValue(value) ? undefined : `has a value for ${name} that is not valid in a header`;
}

/** As a fixed header, a key would also be sent to operations that do not require it. */
function keyVariable({ securitySchemes }: Api, header: string): string | undefined {
  const isIt = (name: string) => name.toLowerCase() === header.toLowerCase();
  for (const scheme of Object.values(securitySchemes))
    if (scheme.type === 'apiKey' && scheme.in === 'header' && isIt(scheme.name))
      return scheme.variable;
  return undefined;
}

function secretHeaders(headers: Record<string, string>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => (isSecretHeader(name) ? [value] : []));
}

function proxySecrets({ http, https }: ProxySettings): string[] {
  return [http, https].flatMap((text) => {
    if (text === undefined) return [];
    const { username, password } = new URL(text);
    const secret = decodeURIComponent(password);
    return secret === '' ? [] : [`${decodeURIComponent(username)}:${secret}`, secret];
  });
}

/** The destination of requests to the API. */
export interface Servers {
  /** Absolute, http or https, without query, fragment or user info. */
  readonly baseUrl: string;
  /**
   * Whether operations may have their own servers. Not if the operator changed the document's base URL: the
   * credentials of a staging system must not reach other production servers.
   */
  readonly ownServers: boolean;
  /** The value of each `{name}` in the servers of operations. */
  readonly serverValues: Readonly<Record<string, string>>;
}

type Values = Servers['serverValues'];

/** Reads the API's base URL and records its problems in `env`. */
function readServers(api: Api, env: Environment): Servers {
  const values = readValues(api, env);
  const chosen = env.text('UPSTREAM_BASE_URL');
  const documented = api.baseUrl && fillServer(api.baseUrl, values);
  const ownServers =
    documented !== undefined && (chosen === undefined || isSame(chosen, documented));
  const none = chosen === undefined && api.baseUrl === undefined;
  const fault = none ? NO_SERVER : chosen && baseUrlFault(chosen);
  if (fault !== undefined) env.problem('UPSTREAM_BASE_URL', fault);
  const others = ownServers ? serversOf(api) : [];
  const first = chosen === undefined ? (api.baseUrl ?? []) : [];
  for (const server of new Set([first, others].flat())) checkFilled(api, env, server, values);
  return { baseUrl: chosen ?? documented ?? '', ownServers, serverValues: values };
}

/** The servers of individual operations, as the document spells them. */
export function serversOf({ tools }: Api): string[] {
  return tools.flatMap(({ request }) => request.server ?? []);
}

const NO_SERVER = 'must be set to the base URL of the API, because its document names none';

/** The URL with the values of its server variables; those without one stay unchanged. */
export function fillServer(template: string, values: Values): string {
  return template.replace(/\{([^{}]+)\}/g, (whole, name: string) => own(values, name) ?? whole);
}

function readValues({ serverVariables = {} }: Api, env: Environment): Values {
  const entries = Object.entries(serverVariables).flatMap(([name, variable]) => {
    const chosen = env.text(variable);
    const fault = chosen && valueFault(chosen, variable);
    if (fault !== undefined) report(env, variable, fault);
    const value = chosen ?? variable.default;
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

function valueFault(
  value: string,
  { default: fallback, values }: ServerVariable,
): string | undefined {
  if (values !== undefined && !values.includes(value))
    return `must be one of ${values.map(printable).join(', ')}`;
  // After a host and without its slash, it would become part of the host name.
  const slash = fallback?.startsWith('/') === true && !value.startsWith('/');
  return slash ? 'must begin with a slash' : undefined;
}

/** The first of several problems with a variable is enough. */
function report(env: Environment, variable: ServerVariable, fault: string): void {
  const fallback = variable.default ?? variable.values?.[0] ?? 'example';
  if (!env.hasProblem(variable)) env.problem(variable, fault, printable(fallback));
}

/** Untrusted text, which must not control the operator's terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
}

/** Reports which variable of the document's server is missing or makes its URL invalid. */
function checkFilled(api: Api, env: Environment, template: string, values: Values): void {
  const used = Object.entries(api.serverVariables ?? {}).filter(([name]) =>
    template.includes(`{${name}}`),
  );
  const missing = used.filter(([name]) => !Object.hasOwn(values, name));
  const needed = "must be set: it is part of the API's URL";
  for (const [, variable] of missing) report(env, variable, needed);
  const fault = baseUrlFault(fillServer(template, values));
  if (missing.length > 0 || fault === undefined) return;
  const chosen = used.filter(([, variable]) => env.text(variable) !== undefined);
  const unfit = `must result in a valid URL of the API, which ${fault}`;
  for (const [, variable] of chosen) report(env, variable, unfit);
  if (chosen.length === 0) env.problem('UPSTREAM_BASE_URL', fault);
}

function baseUrlFault(text: string): string | undefined {
  // The parser accepts braces; here they are left over from a server variable.
  const url = /^https?:\/\/[^{}]*$/i.test(text) ? parseUrl(text) : undefined;
  if (url === undefined) return 'must be an absolute http or https URL';
  if (url.username !== '' || url.password !== '')
    return 'must not contain credentials; use UPSTREAM_USERNAME and UPSTREAM_PASSWORD';
  return /[?#]/.test(text) ? 'must not have a query or a fragment' : undefined;
}

/** Whether both URLs are equivalent, however they are spelled. */
function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => parseUrl(text)?.href.replace(/\/+$/, ''));
  return one !== undefined && one === other;
}

/** Reads which authorities are trusted, and which certificate is presented to the API. */
function readTlsSettings(env: Environment): TlsSettings {
  const ca = env.file('UPSTREAM_CA_FILE');
  const certificate = readCertificate(env);
  // TLS ignores the parts of this file that it cannot read, and calls would fail for no visible reason.
  if (ca !== undefined && !holds(() => certificatesIn(ca).length > 0))
    env.problem('UPSTREAM_CA_FILE', 'must contain certificates in PEM format');
  return { ca, certificate };
}

const [CERT, KEY] = ['UPSTREAM_CERT_FILE', 'UPSTREAM_KEY_FILE'] as const;
const NO_PAIR = `and ${KEY} must contain a certificate and its key in PEM format, without a passphrase`;

function readCertificate(env: Environment): TlsSettings['certificate'] {
  const [cert, key] = [env.file(CERT), env.file(KEY)];
  const [hasCert, hasKey] = [CERT, KEY].map((name) => env.text(name) !== undefined);
  if (hasKey && !hasCert) env.problem(CERT, `is required with ${KEY}`);
  if (hasCert && !hasKey) env.problem(KEY, `is required with ${CERT}`);
  if (cert === undefined || key === undefined) return undefined;
  if (!holds(() => isPair(cert, key))) env.problem(CERT, NO_PAIR);
  return { cert, key };
}

/** TLS accepts empty files, and a key that does not fit the certificate, and then presents no certificate. */
function isPair(cert: string, key: string): boolean {
  const [own] = certificatesIn(cert);
  // A key that is too weak for TLS still has a valid file.
  acceptPair({ cert, key });
  return own?.checkPrivateKey(createPrivateKey(key)) === true;
}

/** @throws Error when one of them is broken. */
function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*(-----END CERTIFICATE-----)?/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

/** OpenSSL's message about a file must not go to the log. */
function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
