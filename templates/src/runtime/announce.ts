import { groupBy, type Api } from './api.js';
import { choose, MissingCredentials, type Security } from './credentials/choose.js';
import type { TokenSettings, UpstreamCredentials } from './credentials/settings.js';
import { isConfirmed, type ConfirmSettings } from './confirm.js';
import type { OAuthSettings } from './oauth/settings.js';
import { countListed, type ToolMode } from './operations/offer.js';
import type { HttpSettings, StdioSettings } from './settings.js';
import { plural } from './text.js';
import { fillServer, printable, serversOf, type UpstreamSettings } from './upstream/settings.js';

/** Lines to print, if they apply. */
type Lines = readonly (string | false)[];

/** The effective settings, as lines for the operator to read at start. They contain no secrets. */
export function announce(
  api: Api,
  settings: HttpSettings,
  running: { readonly url?: string },
): string {
  const { resource, oauth, upstream, rateLimit, trustedProxies } = settings;
  const { url } = running;
  const behind = trustedProxies.join(', ');
  return print([
    `${api.title}: ${describeTools(api, settings.tools)} at ${resource.url}`,
    ...(oauth === undefined ? [OPEN] : describeOAuth(oauth)),
    `  limit      ${plural(rateLimit, 'message')} a minute for each caller`,
    ...describeConfirm(api, settings.confirm),
    behind !== '' && `  behind     ${behind}: client addresses from X-Forwarded-For`,
    url !== undefined && `  listening  ${url}`,
    ...describeUpstream(api, upstream),
  ]);
}

/** The same for a server over stdio, whose callers need no explanation. */
export function announceStdio(api: Api, upstream: StdioSettings, tools?: ToolMode): string {
  const title = `${api.title}: ${describeTools(api, tools)} over stdio`;
  // One process asks and receives the answers: it does not need a configured key.
  const confirm = upstream.confirm && { key: '', ...upstream.confirm };
  return print([title, ...describeConfirm(api, confirm), ...describeUpstream(api, upstream)]);
}

function describeTools(api: Api, mode = api.toolMode ?? 'all'): string {
  // In the plural even for one: the tests of earlier projects, which belong to their users, read these words.
  const listed = `${countListed(api, mode)} tools`;
  return mode === 'all' ? listed : `${listed} for ${api.tools.length} operations`;
}

function describeConfirm({ tools }: Api, settings: ConfirmSettings = { which: 'document' }): Lines {
  const asking = tools.filter((tool) => isConfirmed(tool, settings.which));
  const dropped = settings.which === 'none' && tools.some((tool) => isConfirmed(tool, 'document'));
  const key = settings.key === undefined ? RANDOM_KEY : '';
  return [
    asking.length > 0 &&
      `  confirm    the user confirms each call of ${listed(asking.map(({ name }) => name))}${key}`,
    dropped && '  warning    MCP_CONFIRM=none: calls that the document wants confirmed are not',
  ];
}

const RANDOM_KEY = '; MCP_REQUEST_STATE_KEY is not set, so answers are only valid for this process';
const OPEN = '  callers    anyone who can reach this address: no token is required';

function describeOAuth(oauth: OAuthSettings): Lines {
  const { issuer, audienceClaim, introspection, warnings } = oauth;
  const claim = audienceClaim === 'aud' ? '' : ` in the claim ${audienceClaim}`;
  const audience = ({ audiences }: Pick<OAuthSettings, 'audiences'>) =>
    `  audience   ${audiences.join(', ')}${claim}`;
  const others = (oauth.others ?? []).flatMap((other) => [
    `             or by ${other.issuer}`,
    audience(other),
  ]);
  const endpoint = introspection?.url ?? 'the endpoint that the issuer publishes';
  return [
    `  callers    need an access token issued by ${issuer}`,
    audience(oauth),
    ...others,
    `  tokens     ${introspection === undefined ? 'JWTs' : `opaque, introspected at ${endpoint}`}`,
    oauth.publicTools !== undefined && describePublic(oauth.publicTools),
    ...warnings.map((warning) => `  warning    ${warning}`),
  ];
}

const SHOWN = 10;

/** The operator must see what a document makes public. */
function describePublic(tools: ReadonlySet<string>): string {
  const calls = tools.size === 0 ? 'no tool can be called' : `tools ${listed([...tools])}`;
  return `  public     without a token: lists of tools; ${calls}`;
}

function listed(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `${names.slice(0, SHOWN).join(', ')}${more}`;
}

function describeUpstream(api: Api, upstream: UpstreamSettings): Lines {
  const { baseUrl, credentials, proxy } = upstream;
  const hasProxy = proxy.http !== undefined || proxy.https !== undefined;
  const warnings = [...upstream.warnings, ...credentialWarnings(api, credentials)];
  return [
    `  upstream   ${baseUrl} (${describeCredentials(credentials)})`,
    ...otherServers(api, upstream).map(
      (url) => `             ${url}, for operations with this server`,
    ),
    hasProxy && '  proxy      from HTTP_PROXY, HTTPS_PROXY and NO_PROXY',
    ...warnings.map((warning) => `  warning    ${warning}`),
  ];
}

function print(lines: Lines): string {
  // Title and names are untrusted: they must not move the terminal's cursor.
  const safe = lines.filter((line) => line !== false).map((line) => printable(line));
  return safe.map((line) => `${line}\n`).join('');
}

/** The servers of individual operations: they receive the credentials too. */
function otherServers(api: Api, { ownServers, serverValues, baseUrl }: UpstreamSettings): string[] {
  const servers = ownServers ? serversOf(api) : [];
  const urls = servers.map((server) => fillServer(server, serverValues));
  return [...new Set(urls)].filter((url) => url !== baseUrl);
}

/** Describes for the operator, at start, the credentials that this server sends to the API, never their values. */
export function describeCredentials(credentials: UpstreamCredentials): string {
  const { mode, keys, basic, tokens, hasCertificate } = credentials;
  const held = [
    keys.size > 0 && 'api-key',
    basic !== undefined && 'basic',
    tokens !== undefined && describeTokens(tokens),
    hasCertificate && 'client certificate',
  ].filter((kind) => kind !== false);
  return mode === 'none' || held.length === 0 ? 'no credentials' : held.join(', ');
}

function describeTokens(tokens: TokenSettings): string {
  if (tokens.kind === 'bearer' || tokens.kind === 'login') return tokens.kind;
  if (tokens.kind === 'forward') return `forward, tokens for ${tokens.audience}`;
  const { kind, client, tokenUrl } = tokens;
  return `${kind} as ${client.id}${tokenUrl === undefined ? '' : ` at ${tokenUrl}`}`;
}

/** Warnings for the operator before the first call fails, or worse; one sentence each. */
function credentialWarnings({ tools }: Api, credentials: UpstreamCredentials): string[] {
  const forward =
    "UPSTREAM_AUTH=forward passes callers' tokens on to the API. The MCP specification forbids that for " +
    'tokens that were not issued for it; use token-exchange to act as the caller.';
  const warnings = credentials.tokens?.kind === 'forward' ? [forward] : [];
  if (isUnsent(tools, credentials)) warnings.push(UNSENT);
  // A thousand tools have a handful of requirements, and an error costs more than a look at one.
  const groups = groupBy(tools, ({ request }) => JSON.stringify(request.security ?? null));
  const wanted = [...groups.values()].flatMap((group) => {
    const missing = missingFor(group[0]?.request.security, credentials);
    return missing === undefined ? [] : group.map(() => missing);
  });
  const [first] = wanted;
  if (first === undefined) return warnings;
  const more =
    new Set(wanted).size > 1 ? ' Other combinations are possible; see .env.example.' : '';
  const failing = `${wanted.length} of ${tools.length} tools cannot be called without credentials of the API`;
  return [...warnings, `${failing}: set ${first}.${more}`];
}

const UNSENT =
  'The document of the API does not say which operations need credentials, so none are sent; UPSTREAM_AUTH selects the kind for all of them.';

function isUnsent(
  tools: Api['tools'],
  { mode, schemes, keys, basic, tokens }: UpstreamCredentials,
) {
  const isSet = keys.size > 0 || basic !== undefined || tokens !== undefined;
  const isSilent = tools.every(({ request }) => request.security === undefined);
  return isSet && isSilent && mode === undefined && Object.keys(schemes).length > 0;
}

function missingFor(security: Security, credentials: UpstreamCredentials): string | undefined {
  try {
    choose(security, credentials);
    return undefined;
  } catch (error) {
    if (error instanceof MissingCredentials) return error.wanted;
    throw error;
  }
}
