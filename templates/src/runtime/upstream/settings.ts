import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { isObject, type Api, type ServerVariable } from '../api.js';
import { isTellingHeader } from '../credentials/secrets.js';
import {
  readCredentials,
  type Callers,
  type UpstreamCredentials,
} from '../credentials/settings.js';
import { unknownVariables, type Environment, type Named } from '../environment.js';
import { isHeaderName, isHeaderValue } from '../http.js';
import type { ProxySettings, TlsSettings } from '../net.js';
import { isReservedHeader } from '../http.js';

/** How the upstream API is reached. */
export interface UpstreamSettings extends Servers {
  /** Milliseconds for a whole call: a token, all attempts, redirects, and reading the response. */
  readonly timeoutMs: number;
  /** Further attempts, where another one can do no harm. */
  readonly retries: number;
  /** Bytes of a response body, decompressed, after which it is truncated. */
  readonly maxResponseBytes: number;
  /** Sent with every request; they win over arguments. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: UpstreamCredentials;
  readonly proxy: ProxySettings;
  readonly tls: TlsSettings;
  /** Sentences for the operator, at start. */
  readonly warnings: readonly string[];
}

/** Reads the settings of the upstream half and records in `env` what is wrong with them. */
export function readUpstreamSettings(
  api: Api,
  env: Environment,
  { callers, proxy }: { readonly callers: Callers; readonly proxy: ProxySettings },
): UpstreamSettings {
  const headers = readHeaders(api, env);
  const tls = readTlsSettings(env);
  return {
    ...readServers(api, env),
    timeoutMs: env.integer('UPSTREAM_TIMEOUT_MS'),
    retries: env.integer('UPSTREAM_RETRIES'),
    maxResponseBytes: env.integer('MCP_MAX_RESPONSE_BYTES'),
    headers,
    credentials: readCredentials(api, env, {
      callers,
      hasCertificate: tls.certificate !== undefined,
      extraSecrets: [...secretHeaders(headers), ...proxySecrets(proxy)],
    }),
    proxy,
    tls,
    warnings: unknownVariables(api, env),
  };
}

function readHeaders(api: Api, env: Environment): Record<string, string> {
  const text = env.secret('UPSTREAM_HEADERS');
  const headers = text === undefined ? {} : parseHeaders(text);
  if (headers === undefined) env.problem('UPSTREAM_HEADERS', 'must be a JSON object of strings');
  for (const [name, value] of Object.entries(headers ?? {})) {
    const fault = headerFault(api, name, value);
    if (fault !== undefined) env.problem('UPSTREAM_HEADERS', fault);
  }
  return headers ?? {};
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

/** Where requests to the API go. */
export interface Servers {
  /** Absolute, http or https, without query, fragment or user info. */
  readonly baseUrl: string;
  /**
   * Whether operations may name servers of their own. Not when the operator chose another base URL than the
   * document's: the credentials of a staging system must not reach the production's other servers.
   */
  readonly ownServers: boolean;
  /** What stands for each `{name}` in the servers that operations name. */
  readonly serverValues: Readonly<Record<string, string>>;
}

type Values = Servers['serverValues'];

/** What is wrong with variables, and examples of them; of several faults the first is enough. */
type Faults = Map<string, readonly [variable: Named, fault: string, example?: string]>;

/** Reads where the API is and records in `env` what is wrong with it. */
function readServers(api: Api, env: Environment): Servers {
  const faults: Faults = new Map();
  const serverValues = readValues(api, env, faults);
  const chosen = env.text('UPSTREAM_BASE_URL');
  const documented = api.baseUrl && fillServer(api.baseUrl, serverValues);
  const ownServers =
    documented !== undefined && (chosen === undefined || isSame(chosen, documented));
  if (chosen !== undefined || api.baseUrl === undefined) checkChosen(chosen, faults);
  else checkFilled(api, env, api.baseUrl, serverValues, faults);
  const others = ownServers ? api.tools.flatMap(({ request }) => request.server ?? []) : [];
  for (const server of new Set(others)) checkFilled(api, env, server, serverValues, faults);
  for (const found of faults.values()) env.problem(...found);
  return { baseUrl: chosen ?? documented ?? '', ownServers, serverValues };
}

/** The URL with its server variables' values; what has none stays as it is. */
export function fillServer(template: string, values: Values): string {
  return template.replace(/\{([^{}]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}

function readValues({ serverVariables = {} }: Api, env: Environment, faults: Faults): Values {
  const entries = Object.entries(serverVariables).flatMap(([name, variable]) => {
    const chosen = env.text(variable);
    const fault = chosen === undefined ? undefined : valueFault(chosen, variable);
    if (fault !== undefined) report(faults, variable, fault);
    const value = chosen ?? variable.default;
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

function valueFault(value: string, { default: usual, values }: ServerVariable): string | undefined {
  if (values !== undefined && !values.includes(value))
    return `must be one of ${values.map(printable).join(', ')}`;
  // Behind a host and without its slash, it would become a part of the host's name.
  const slash = usual?.startsWith('/') === true && !value.startsWith('/');
  return slash ? 'must begin with a slash' : undefined;
}

function report(faults: Faults, variable: ServerVariable, fault: string): void {
  if (faults.has(variable.variable)) return;
  const usual = variable.default ?? variable.values?.[0] ?? 'example';
  faults.set(variable.variable, [variable, fault, printable(usual)]);
}

/** A text of the document: it must not move the cursor of whoever reads why the server did not start. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, ' ');
}

function checkChosen(chosen: string | undefined, faults: Faults): void {
  const fault =
    chosen === undefined
      ? 'must be set to the base URL of the API, because its document names none'
      : baseUrlFault(chosen);
  if (fault !== undefined) faults.set('UPSTREAM_BASE_URL', ['UPSTREAM_BASE_URL', fault]);
}

/** Says of a server of the document which of its variables is missing, or keeps it from being a URL. */
function checkFilled(
  { serverVariables = {} }: Api,
  env: Environment,
  template: string,
  values: Values,
  faults: Faults,
): void {
  const used = Object.entries(serverVariables).filter(([name]) => template.includes(`{${name}}`));
  const missing = used.filter(([name]) => !Object.hasOwn(values, name));
  for (const [, variable] of missing)
    report(faults, variable, "must be set: it is a part of the API's URL");
  const fault = baseUrlFault(fillServer(template, values));
  if (missing.length > 0 || fault === undefined) return;
  const chosen = used.filter(([, variable]) => env.text(variable) !== undefined);
  for (const [, variable] of chosen)
    report(faults, variable, `must fit into the API's URL, which ${fault}`);
  if (chosen.length === 0) faults.set('UPSTREAM_BASE_URL', ['UPSTREAM_BASE_URL', fault]);
}

function baseUrlFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The parser takes braces; they are what is left of a server variable.
  if (url === undefined || !/^https?:\/\/[^{}]*$/i.test(text)) {
    return 'must be an absolute http or https URL';
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not contain credentials; UPSTREAM_USERNAME and UPSTREAM_PASSWORD are for them';
  }
  return /[?#]/.test(text) ? 'must not have a query or a fragment' : undefined;
}

/** Whether both are the same place, however they are spelled. */
function isSame(a: string, b: string): boolean {
  if (!URL.canParse(a) || !URL.canParse(b)) return false;
  const place = (text: string): string => new URL(text).href.replace(/\/+$/, '');
  return place(a) === place(b);
}

/** Reads which authorities are trusted, and which certificate the API is presented. */
function readTlsSettings(env: Environment): TlsSettings {
  const ca = env.file('UPSTREAM_CA_FILE');
  const certificate = readCertificate(env);
  if (ca !== undefined && !holds(() => isAuthority(ca)))
    env.problem('UPSTREAM_CA_FILE', 'must hold certificates in PEM');
  return {
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { certificate }),
  };
}

function readCertificate(env: Environment): TlsSettings['certificate'] {
  const cert = env.file('UPSTREAM_CERT_FILE');
  const key = env.file('UPSTREAM_KEY_FILE');
  if (cert !== undefined && key !== undefined) {
    if (!holds(() => isPair(cert, key)))
      env.problem(
        'UPSTREAM_CERT_FILE',
        'and UPSTREAM_KEY_FILE must hold a certificate and its key in PEM, without a passphrase',
      );
    return { cert, key };
  }
  for (const [one, other] of [
    ['UPSTREAM_CERT_FILE', 'UPSTREAM_KEY_FILE'],
    ['UPSTREAM_KEY_FILE', 'UPSTREAM_CERT_FILE'],
  ] as const) {
    if (env.text(one) === undefined && env.text(other) !== undefined)
      env.problem(one, `is needed besides ${other}`);
  }
  return undefined;
}

/** TLS leaves out what it cannot read of an authority's file, and calls would fail for no reason that shows. */
function isAuthority(ca: string): boolean {
  return certificatesIn(ca).length > 0;
}

/** TLS accepts nothing at all, and a key of another kind than the certificate's, and shows no certificate then. */
function isPair(cert: string, key: string): boolean {
  const [own] = certificatesIn(cert);
  // Too weak for TLS is not too weak for a file.
  createSecureContext({ cert, key });
  return own?.checkPrivateKey(createPrivateKey(key)) === true;
}

/** @throws Error when one of them is broken. */
function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*(-----END CERTIFICATE-----)?/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

/** What OpenSSL says of a file is not for the log. */
function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
