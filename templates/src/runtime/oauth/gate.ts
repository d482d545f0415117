import type { CallToolResult } from '@modelcontextprotocol/server';
import { limitLines, type Audit } from '../audit.js';
import { CallerToken, identityOf, type Caller, type Holder } from '../caller.js';
import { linesOf, logged, refuse, refuseExcess } from '../http.js';
import type { HttpRequest, HttpResponse } from '../http.js';
import { createLimiter, networkOf, type Excess } from '../limits.js';
import { errorResult } from '../messages.js';
import type { Resource } from './metadata.js';
import { mayCall, missingScopes, reportFor, scopesToAskFor, stepUpScopes } from './scopes.js';
import { withPrefix } from './scopes.js';
import type { ClientNames, Report, ScopeRules } from './scopes.js';
import type { OAuthSettings } from './settings.js';
import { InvalidToken, ProviderUnavailable, TooManyTokens } from './token.js';
import type { Identity, Verifier } from './token.js';

/** The check before MCP: who the caller is, and whether it may make these calls. */
export type Gate = ReturnType<typeof createGate>;

// Per minute and network. Far more than clients cause whose tokens have just expired.
const MAX_FAILURES = 300;

const MALFORMED = new InvalidToken('malformed Authorization header');
const NO_TOKEN = { reason: 'no access token' };
const OTHER_SCHEME = { reason: 'no access token: the scheme is not Bearer' };
const EMPTY = { reason: 'no access token after Bearer' };

/** Creates a gate for this resource; failures are limited and logged for each network. */
export function createGate(
  resource: Resource,
  oauth: OAuthSettings,
  verifier: Verifier,
  audit: Audit,
) {
  const { scopes: rules, publicTools } = oauth;
  const challenges = createChallenges(resource, rules);
  const failures = createLimiter(MAX_FAILURES);
  const log = limitLines(audit);
  return {
    admit,
    refuseCalls,
    authorize,
    /** The refusal of a request that needs a token but has none. */
    missing: logged(challenges.missing, NO_TOKEN),
    /** Tools that may be called without a token; if absent, not even lists are public. */
    publicTools,
    isPublic,
    /** The scopes that a client requests from the provider to call a tool, all alternatives together. */
    scopesOf: ({ name }: { readonly name: string }) => scopesToAskFor(name, rules),
    /** The scopes that a caller lacks for the tool, to be shown before the call. */
    lacking: ({ name }: { readonly name: string }, caller: Caller | undefined) =>
      missingScopes(name, caller?.scopes ?? [], rules),
    /** The scopes that the first challenge asks for. */
    baseline: withPrefix(rules.baseline, rules.prefix),
    /** Whether tokens can be validated right now. */
    ready: () => verifier.ready(),
  };

  /**
   * The holder of the request's token; or a refusal, which alone has a `status`; or the network of a request without
   * credentials, whose body decides whether it needs a token. Reads headers only. Anything sent as credentials is
   * checked, never ignored.
   */
  async function admit(
    request: HttpRequest,
  ): Promise<Holder | { readonly network: string } | HttpResponse> {
    const { headers, address } = request;
    const credentials = readBearer(headers, oauth.introspection !== undefined);
    if (credentials.kind === 'missing') {
      const [sent] = linesOf(headers, 'authorization');
      if (sent === undefined && publicTools !== undefined) return { network: networkOf(address) };
      return logged(challenges.missing, reasonFor(sent));
    }
    if (credentials.kind !== 'bearer') return refuseToken(MALFORMED, request, challenges.malformed);
    const { token } = credentials;
    try {
      const caller = await verifier.verify(token, { network: networkOf(address) });
      return { caller, token: new CallerToken(token, caller) };
    } catch (error) {
      return refuseToken(error, request, challenges.invalid);
    }
  }

  function refuseToken(
    error: unknown,
    { id, address }: HttpRequest,
    refusal: HttpResponse,
  ): HttpResponse {
    const isKnown = error instanceof TooManyTokens || error instanceof ProviderUnavailable;
    if (!isKnown && !(error instanceof InvalidToken)) throw error;
    const network = networkOf(address);
    const holder = isKnown ? {} : error.holder;
    log('auth_failure', network, { request: id, reason: error.message, ...holder, address });
    if (error instanceof ProviderUnavailable) return unavailable(error);
    const excess = error instanceof TooManyTokens ? error : excessOf(network, holder);
    return excess === undefined ? refusal : refuseExcess(excess);
  }

  /**
   * Only failures are limited: behind a proxy all callers share its address, and none may lock the others out. Tokens
   * that the provider issued are not counted, so that each expired one gets its 401. Opaque tokens do not show who
   * issued them: their verifier limits introspection requests instead.
   */
  function excessOf(network: string, { subject, client }: Identity): Excess | undefined {
    const isCounted =
      subject === undefined && client === undefined && oauth.introspection === undefined;
    return isCounted ? failures.take(network) : undefined;
  }

  /**
   * Refuses a whole body if any of the tools that it calls needs a scope that the caller lacks. Clients that do not act
   * on a 403 are left to `authorize`, which refuses the same calls one by one.
   */
  function refuseCalls(
    called: readonly string[],
    caller: Caller,
    request: string,
    names: () => ClientNames = () => ({}),
  ): HttpResponse | undefined {
    const refused = [...new Set(called)].filter(
      (tool) => Object.hasOwn(rules.byTool, tool) && !mayCall(tool, caller.scopes, rules),
    );
    if (refused.length === 0 || reportTo(caller, names) === 'tool') return undefined;
    return challenges.insufficient(stepUp(refused, caller, request));
  }

  function reportTo({ client }: Caller, names: () => ClientNames): Report {
    return oauth.scopeErrors === 'auto' ? reportFor({ ...names(), client }) : oauth.scopeErrors;
  }

  /** Repeats the check where the tool runs, for calls that arrive in any other way. */
  function authorize(
    { name }: { readonly name: string },
    caller: Caller | undefined,
    request: string,
  ): CallToolResult | undefined {
    const isAllowed =
      caller === undefined ? isPublic({ name }) : mayCall(name, caller.scopes, rules);
    if (isAllowed) return undefined;
    const scopes = stepUp([name], caller, request);
    const text = `This tool needs a permission that has not been granted: ${scopes.join(' ')}`;
    const _meta = { 'mcp/www_authenticate': [challenges.stepUp(scopes)] };
    return { ...errorResult(text), _meta };
  }

  function isPublic({ name }: { readonly name: string }): boolean {
    return publicTools?.has(name) === true;
  }

  /** Logs the refusal of tools, and returns the scopes that the caller must request. */
  function stepUp(
    tools: readonly string[],
    caller: Caller | undefined,
    request: string,
  ): readonly string[] {
    const key = JSON.stringify([caller?.subject, caller?.client]);
    log('scope_failure', key, { request, tools, ...identityOf(caller) });
    return stepUpScopes(tools, caller?.scopes ?? [], rules);
  }
}

function unavailable({ retryAfter = 30 }: ProviderUnavailable): HttpResponse {
  const text = 'Tokens cannot be validated at the moment.';
  return refuse(503, 'temporarily_unavailable', text, { 'Retry-After': String(retryAfter) });
}

/** The credentials in the `Authorization` header of a request. */
type Credentials =
  { readonly kind: 'bearer'; readonly token: string } | { readonly kind: 'missing' | 'malformed' };

// RFC 6750 section 2.1: b64token, after a scheme that RFC 9110 section 11.1 makes case-insensitive.
const BEARER = /^bearer +([\w\-.~+/]+=*) *$/i;
/**
 * RFC 6749 appendix A.12, without what separates values in a header: Salesforce's tokens, for example, have an
 * exclamation mark. Only the provider can judge them.
 */
const OPAQUE = /^bearer +([\x21\x23-\x2b\x2d-\x7e]+) *$/i;
/**
 * A configured header whose variable is empty. It has no authentication information, so it gets the challenge that
 * starts a sign-in, as if there were no header (RFC 6750 section 3.1, last paragraph).
 */
const NO_BEARER = /^bearer *$/i;

function reasonFor(sent = '') {
  if (sent === '') return NO_TOKEN;
  return NO_BEARER.test(sent) ? EMPTY : OTHER_SCHEME;
}

/** The bearer token of a request, from its raw header lines; `isOpaque` if the provider introspects all tokens. */
export function readBearer(rawHeaders: readonly string[], isOpaque = false): Credentials {
  const [value, ...others] = linesOf(rawHeaders, 'authorization');
  if (value === undefined) return { kind: 'missing' };
  if (others.length > 0) return { kind: 'malformed' };
  const token = (isOpaque ? OPAQUE : BEARER).exec(value)?.[1];
  if (token !== undefined) return { kind: 'bearer', token };
  if (NO_BEARER.test(value)) return { kind: 'missing' };
  const isMeant = /^bearer\b|[^\x20-\x7e]/i.test(value);
  return isMeant ? { kind: 'malformed' } : { kind: 'missing' };
}

// The error codes of RFC 6750 section 3.1. No part of a request or token is ever echoed; the reason is in the log.
const DESCRIPTIONS = {
  invalid_request: 'The Authorization header is malformed.',
  invalid_token: 'The access token is missing, expired or not meant for this server.',
  insufficient_scope: 'The access token lacks a scope that this request needs.',
} as const;

/** The refusals of a request: a status of RFC 6750 section 3.1, and a challenge that clients act upon. */
export function createChallenges({ metadataUrl }: Resource, { baseline, prefix }: ScopeRules) {
  const metadata = { resource_metadata: metadataUrl };
  const scope = withPrefix(baseline, prefix).join(' ');
  const stepUp = (scopes: readonly string[]) =>
    challenge('insufficient_scope', { scope: scopes.join(' '), ...metadata });
  return {
    /** No credentials: no `error` either (RFC 6750 section 3.1, last paragraph). */
    missing: refuse(401, 'unauthorized', 'An access token is required.', {
      'WWW-Authenticate': header({ scope, ...metadata }),
    }),
    malformed: refuseAs(400, 'invalid_request', challenge('invalid_request', {})),
    invalid: refuseAs(401, 'invalid_token', challenge('invalid_token', { scope, ...metadata })),
    insufficient: (scopes: readonly string[]) =>
      refuseAs(403, 'insufficient_scope', stepUp(scopes)),
    /** The value of a `WWW-Authenticate` header that asks for scopes. */
    stepUp,
  };
}

function refuseAs(status: number, error: keyof typeof DESCRIPTIONS, value: string): HttpResponse {
  return refuse(status, error, DESCRIPTIONS[error], { 'WWW-Authenticate': value });
}

function challenge(error: keyof typeof DESCRIPTIONS, parameters: Record<string, string>): string {
  return header({ error, error_description: DESCRIPTIONS[error], ...parameters });
}

/** One challenge (RFC 9110 section 11.6.1), each parameter once, as quoted strings of printable ASCII. */
function header(parameters: Record<string, string>): string {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== '');
  const quoted = (value: string) => value.replace(/[^\x20-\x7e]/g, '').replace(/["\\]/g, '\\$&');
  return `Bearer ${pairs.map(([name, value]) => `${name}="${quoted(value)}"`).join(', ')}`;
}
