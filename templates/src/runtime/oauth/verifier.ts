import { decodeJwt } from 'jose';
import type { Audit } from '../audit.js';
import { errorCode, fetchJson, mayName, Unreachable, type JsonRequest } from '../client.js';
import { createHttpClient } from '../net.js';
import type { HttpClient } from '../outgoing.js';
import { parseUrl } from '../text.js';
import { createIntrospectionVerifier, introspectionRequest } from './introspection.js';
import { createJwtVerifier } from './jwt.js';
import { createKeys } from './keys.js';
import { serversOf, type OAuthSettings } from './settings.js';
import { InvalidToken, ProviderUnavailable, shown, type Claims, type Verifier } from './token.js';

// For all documents together: a request waits no longer than this for the first key.
const TIMEOUT_MS = 5000;

/** The verifier for the settings. A provider is discovered when a token first needs it. */
export function createVerifier(oauth: OAuthSettings, audit: Audit): Verifier {
  if (oauth.others === undefined) return createOwn(oauth, audit);
  const own = (one: OAuthSettings) => ({ issuers: one.issuers, verifier: createOwn(one, audit) });
  return createDispatcher(serversOf(oauth).map(own));
}

/** The verifier of one authorization server. It shares neither keys nor memory with others. */
function createOwn(oauth: OAuthSettings, audit: Audit): Verifier {
  const { introspection, plainHosts } = oauth;
  const client = createHttpClient(oauth.proxy);
  const fetchInTime = () => createFetchDocument(client, { timeoutMs: TIMEOUT_MS, plainHosts });
  const onFailure = (reason: string) => audit('provider_failure', { reason });
  const start = { ...oauth, onFailure };
  if (introspection === undefined) {
    const load = () => loadKeys(start, fetchInTime());
    return createJwtVerifier(oauth, createKeys({ load, onFailure }));
  }
  const locate = once(
    async () => introspection.url ?? findEndpoint('introspection_endpoint', start, fetchInTime()),
  );
  const ask = async (token: string) => {
    const url = await locate();
    const request = await introspectionRequest(url, token, introspection.client);
    return fetchInTime()(url, request).catch(inactiveIfRefused);
  };
  return createIntrospectionVerifier(oauth, { ask });
}

async function loadKeys(
  start: Start & Pick<OAuthSettings, 'jwksUri'>,
  get: FetchDocument,
): Promise<readonly unknown[]> {
  const uri = start.jwksUri ?? (await findEndpoint('jwks_uri', start, get));
  const { keys } = await get(uri);
  if (!Array.isArray(keys)) throw new ProviderUnavailable(`${uri} is not a key set`);
  return keys as readonly unknown[];
}

/** Errors about the token that some providers, such as oidc-provider (the first), send instead of `active: false`. */
const ABOUT_TOKEN: readonly unknown[] = ['unsupported_token_type', 'invalid_token'];

function inactiveIfRefused(error: unknown): Claims {
  if (error instanceof ProviderUnavailable && ABOUT_TOKEN.includes(error.cause))
    return { active: false };
  throw error;
}

/** Keeps the result; after a failure, tries again after a second at the earliest. */
function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  // Not with a timer: some platforms end timers together with the request.
  let expires = Infinity;
  return () => {
    if (found !== undefined && performance.now() < expires) return found;
    expires = Infinity;
    found = find();
    found.catch(() => (expires = performance.now() + 1000));
    return found;
  };
}

/** The members of a metadata document that this server needs (RFC 8414 section 2). */
type Endpoint = 'jwks_uri' | 'introspection_endpoint';

/** Where discovery starts. The metadata may also name one of `issuers`: some providers' tokens and metadata differ. */
interface Start extends Pick<OAuthSettings, 'issuer' | 'issuers' | 'metadataUrl'> {
  readonly plainHosts?: ReadonlySet<string>;
  /** Called for URLs that do not respond at all, even if another one does: they cost time. */
  readonly onFailure?: (reason: string) => void;
}

/** Finds a URL of the provider's. @throws ProviderUnavailable with every URL tried and why it failed. */
export async function findEndpoint(
  endpoint: Endpoint,
  start: Start,
  fetchDocument: FetchDocument,
): Promise<string> {
  const { issuer, metadataUrl, onFailure } = start;
  const urls = metadataUrl === undefined ? metadataUrls(issuer) : [metadataUrl];
  const failures: ProviderUnavailable[] = [];
  for (const [index, url] of urls.entries()) {
    try {
      // One share for each remaining URL, and one for the endpoint itself.
      const document = await fetchDocument(url, { shares: urls.length - index + 1 });
      const found = endpointOf(document, endpoint, url, start);
      const silent = failures.filter(({ cause }) => cause instanceof Unreachable);
      if (silent.length > 0) onFailure?.(`${reasonsOf(silent)}; ${url} answered`);
      return found;
    } catch (error) {
      if (!(error instanceof ProviderUnavailable)) throw error;
      failures.push(error);
    }
  }
  throw new ProviderUnavailable(reasonsOf(failures));
}

function reasonsOf(failures: readonly Error[]): string {
  return failures.map(({ message }) => message).join('; ');
}

/**
 * Where an issuer's metadata may be, in the order of the MCP specification: RFC 8414 section 3 (inserted before the
 * path), OpenID Connect inserted likewise, OpenID Connect Discovery section 4 (appended). A trailing slash is dropped
 * here, and only here.
 */
export function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    ...(path === '' ? [] : [`${origin}${path}/.well-known/openid-configuration`]),
  ];
}

function endpointOf(document: Claims, endpoint: Endpoint, url: string, start: Start): string {
  const { issuer, [endpoint]: found } = document;
  // RFC 8414 section 3.3: a document that names another issuer must not be used.
  if (typeof issuer !== 'string' || ![start.issuer, ...start.issuers].includes(issuer))
    throw new ProviderUnavailable(
      `${url} names the issuer ${JSON.stringify(issuer)}, not ${JSON.stringify(start.issuer)}: ${remedyFor(issuer)}`,
    );
  if (typeof found !== 'string' || !parseUrl(found))
    throw new ProviderUnavailable(`${url} has no ${endpoint}`);
  if (!mayName(url, found, start.plainHosts))
    throw new ProviderUnavailable(`${url} has a ${endpoint} without https`);
  return found;
}

function remedyFor(issuer: unknown): string {
  if (typeof issuer !== 'string') return 'it is not the metadata of an authorization server';
  // Entra ID, for all tenants together.
  if (issuer.includes('{')) return 'set OAUTH_AUTHORIZATION_SERVER to the issuer of one tenant';
  return 'set OAUTH_AUTHORIZATION_SERVER to exactly what the document says';
}

/** Fetches a JSON object from the authorization server; the remaining time must be enough for `shares` requests. */
export type FetchDocument = (
  url: string,
  request?: Pick<JsonRequest, 'form' | 'headers'> & { readonly shares?: number },
) => Promise<Claims>;

/** All fetches together take `timeoutMs` at most. @throws ProviderUnavailable with the reason, for the log. */
export function createFetchDocument(
  client: HttpClient,
  { timeoutMs, plainHosts }: { timeoutMs: number; plainHosts?: ReadonlySet<string> },
): FetchDocument {
  const endsAt = performance.now() + timeoutMs;
  return async (url, { shares = 1, ...request } = {}) => {
    const left = Math.floor((endsAt - performance.now()) / shares);
    if (left < 1) throw new ProviderUnavailable(`${url} was not tried, for lack of time`);
    const limits = { signal: AbortSignal.timeout(left), plainHosts };
    const answer = await fetchJson(client, url, { ...request, ...limits }).catch(rethrow);
    const { status, body, location } = answer;
    if (status < 200 || status > 299) {
      const code = errorCode(body);
      const cause = status === 400 ? code : undefined;
      const to = location && `, a redirect to ${shown(location)}, which is not followed`;
      const why = to ?? (code === undefined ? '' : ` ${JSON.stringify(code)}`);
      throw new ProviderUnavailable(`${url} answered ${status}${why}`, { cause });
    }
    if (body === undefined) throw new ProviderUnavailable(`${url} is not a JSON object`);
    return body;
  };
}

function rethrow(error: unknown): never {
  if (error instanceof Unreachable) throw new ProviderUnavailable(error.message, { cause: error });
  throw error;
}

/**
 * Passes each token only to the verifier of the issuer that it names, which checks the name again together with the
 * signature. A token that names an unknown issuer is refused without a request to any provider.
 */
export function createDispatcher(
  servers: readonly { readonly issuers: readonly string[]; readonly verifier: Verifier }[],
): Verifier {
  const byIssuer = new Map(
    servers.flatMap(({ issuers, verifier }) => issuers.map((issuer) => [issuer, verifier])),
  );
  return {
    async verify(token, options) {
      const issuer = issuerOf(token);
      const verifier = issuer === undefined ? undefined : byIssuer.get(issuer);
      if (verifier === undefined) throw new InvalidToken(`claim iss: ${shown(issuer)} is unknown`);
      const caller = await verifier.verify(token, options);
      // Two issuers may use the same name for different users.
      return { ...caller, issuer };
    },
    /** A server that is down must not lock out callers of the others. All are asked, so that all load their keys. */
    async ready() {
      const asked = servers.map(async ({ verifier }) => {
        if (!(await verifier.ready())) throw new Error('not ready');
        return true;
      });
      return Promise.any(asked).catch(() => false);
    },
  };
}

/** The issuer that the token claims; nothing is verified. */
function issuerOf(token: string): string | undefined {
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === 'string' ? iss : undefined;
  } catch {
    return undefined;
  }
}
