import type { CallToolResult } from '@modelcontextprotocol/server';
import { limitLines, type Audit } from '../audit.js';
import { CallerToken, identityOf, type Caller, type Holder } from '../caller.js';
import { linesOf, refuse, refuseExcess, type HttpRequest, type HttpResponse } from '../http.js';
import { createLimiter, networkOf } from '../limits.js';
import type { Resource } from './metadata.js';
import { mayCall, scopesToAskFor, stepUpScopes, withPrefix, type ScopeRules } from './scopes.js';
import type { OAuthSettings } from './settings.js';
import {
  InvalidToken,
  ProviderUnavailable,
  TooManyTokens,
  type Identity,
  type Verifier,
} from './token.js';

/** The check before MCP: who calls, and whether that caller may make these calls. */
export interface Gate {
  /** The holder of the request's token, or the refusal, which alone has a `status`. Reads headers only. */
  admit(request: HttpRequest): Promise<Holder | HttpResponse>;
  /** Refuses a body as a whole when any of the tools that it calls needs a scope that the caller lacks. */
  refuseCalls(tools: readonly string[], caller: Caller): HttpResponse | undefined;
  /** The same check again where the tool runs, for whatever came there on another way. */
  authorize(
    tool: { readonly name: string },
    caller: Caller | undefined,
  ): CallToolResult | undefined;
  /** What a client asks the provider for to call a tool, all alternatives together. */
  scopesOf(tool: { readonly name: string }): readonly string[];
  /** Whether tokens can be validated right now. */
  ready(): Promise<boolean>;
}

export interface GateOptions {
  readonly resource: Resource;
  readonly oauth: OAuthSettings;
  readonly verifier: Verifier;
  readonly audit: Audit;
}

// A minute, for each network. Far above what clients do whose tokens have just expired.
const MAX_FAILURES = 300;

export function createGate({ resource, oauth, verifier, audit }: GateOptions): Gate {
  const challenges = createChallenges(resource, oauth.scopes);
  const failures = createLimiter({ perMinute: MAX_FAILURES });
  const log = limitLines(audit);
  return {
    admit,
    refuseCalls,
    authorize,
    scopesOf: ({ name }) => scopesToAskFor(name, oauth.scopes),
    ready: () => verifier.ready(),
  };

  async function admit({ headers, address }: HttpRequest): Promise<Holder | HttpResponse> {
    const credentials = readBearer(headers);
    if (credentials.kind === 'missing') return challenges.missing();
    if (credentials.kind === 'malformed')
      return failed(challenges.malformed, 'malformed Authorization header', address);
    const { token } = credentials;
    try {
      const caller = await verifier.verify(token, { network: networkOf(address) });
      return { caller, token: new CallerToken(token, caller) };
    } catch (error) {
      return refuseToken(error, address);
    }
  }

  function refuseToken(error: unknown, address: string): HttpResponse {
    if (error instanceof InvalidToken)
      return failed(challenges.invalid, error.message, address, error.holder);
    if (!(error instanceof TooManyTokens || error instanceof ProviderUnavailable)) throw error;
    log('auth_failure', networkOf(address), { reason: error.message, address });
    if (error instanceof TooManyTokens) return refuseExcess(error);
    return refuse(503, 'temporarily_unavailable', 'Tokens cannot be validated at the moment.', {
      'Retry-After': '30',
    });
  }

  /**
   * Only what fails is limited: behind a proxy all callers have its address, and none may lock the others out.
   * Tokens that the provider did issue are not counted, so that each that has expired gets its 401. Opaque ones do
   * not show it: their verifier limits the questions about them instead.
   */
  function failed(
    answer: () => HttpResponse,
    reason: string,
    address: string,
    holder: Identity = {},
  ): HttpResponse {
    const network = networkOf(address);
    const issued = holder.subject !== undefined || holder.client !== undefined;
    const uncounted = issued || oauth.introspection !== undefined;
    const excess = uncounted ? undefined : failures.take(network);
    log('auth_failure', network, { reason, ...holder, address });
    return excess === undefined ? answer() : refuseExcess(excess);
  }

  function refuseCalls(called: readonly string[], caller: Caller): HttpResponse | undefined {
    const tools = [...new Set(called)];
    const refused = tools.filter(
      (tool) =>
        Object.hasOwn(oauth.scopes.byTool, tool) && !mayCall(tool, caller.scopes, oauth.scopes),
    );
    if (refused.length === 0 || oauth.scopeErrors === 'tool') return undefined;
    logRefusal(refused, caller);
    return challenges.insufficient(stepUpScopes(refused, caller.scopes, oauth.scopes));
  }

  function authorize(
    tool: { readonly name: string },
    caller: Caller | undefined,
  ): CallToolResult | undefined {
    if (caller !== undefined && mayCall(tool.name, caller.scopes, oauth.scopes)) return undefined;
    logRefusal([tool.name], caller);
    const scopes = stepUpScopes([tool.name], caller?.scopes ?? [], oauth.scopes);
    const text = `This tool needs a permission that has not been granted: ${scopes.join(' ')}`;
    return {
      isError: true,
      content: [{ type: 'text', text }],
      _meta: { 'mcp/www_authenticate': [challenges.stepUp(scopes)] },
    };
  }

  function logRefusal(tools: readonly string[], caller: Caller | undefined): void {
    const key = JSON.stringify([caller?.subject, caller?.client]);
    log('scope_failure', key, { tools, ...identityOf(caller) });
  }
}

/** What the `Authorization` header of a request holds. */
export type Credentials =
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'malformed' };

const MAX_LENGTH = 8192;
// RFC 6750 section 2.1: b64token, after a scheme that RFC 9110 section 11.1 makes case-insensitive.
const BEARER = /^bearer +([\w\-.~+/]+=*) *$/i;

/** The bearer token of a request, from its raw header lines. */
export function readBearer(rawHeaders: readonly string[]): Credentials {
  const values = linesOf(rawHeaders, 'authorization');
  const [value] = values;
  if (value === undefined) return { kind: 'missing' };
  if (values.length > 1 || value.length > MAX_LENGTH) return { kind: 'malformed' };
  const token = BEARER.exec(value)?.[1];
  if (token !== undefined) return { kind: 'bearer', token };
  return /^bearer\b/i.test(value) || /[^\x20-\x7e]/.test(value)
    ? { kind: 'malformed' }
    : { kind: 'missing' };
}

/** The error codes of RFC 6750 section 3.1. */
export type BearerError = 'invalid_request' | 'invalid_token' | 'insufficient_scope';

// Fixed texts: nothing of a request or a token is ever echoed. The reason is in the log.
const DESCRIPTIONS = {
  invalid_request: 'The Authorization header is malformed.',
  invalid_token: 'The access token is missing, expired or not meant for this server.',
  insufficient_scope: 'The access token lacks a scope that this request needs.',
} as const;

/** Refuses a request for its credentials; a status of RFC 6750 section 3.1 and a challenge that clients act upon. */
export interface Challenges {
  /** No credentials: no `error` either (RFC 6750 section 3.1, last paragraph). */
  readonly missing: () => HttpResponse;
  readonly malformed: () => HttpResponse;
  readonly invalid: () => HttpResponse;
  readonly insufficient: (scopes: readonly string[]) => HttpResponse;
  /** The value of a `WWW-Authenticate` header that asks for scopes. */
  readonly stepUp: (scopes: readonly string[]) => string;
}

export function createChallenges(resource: Resource, rules: ScopeRules): Challenges {
  const metadata = { resource_metadata: resource.metadataUrl };
  const baseline = withPrefix(rules.baseline, rules.prefix).join(' ');
  const stepUp = (scopes: readonly string[]) =>
    header({ ...described('insufficient_scope'), scope: scopes.join(' '), ...metadata });
  const invalid = { ...described('invalid_token'), scope: baseline, ...metadata };
  return {
    missing: () => unauthorized(header({ scope: baseline, ...metadata })),
    malformed: () => refuseAs(400, 'invalid_request', header(described('invalid_request'))),
    invalid: () => refuseAs(401, 'invalid_token', header(invalid)),
    insufficient: (scopes) => refuseAs(403, 'insufficient_scope', stepUp(scopes)),
    stepUp,
  };
}

function unauthorized(value: string): HttpResponse {
  const headers = { 'WWW-Authenticate': value };
  return refuse(401, 'unauthorized', 'An access token is needed.', headers);
}

function refuseAs(status: number, error: BearerError, value: string): HttpResponse {
  return refuse(status, error, DESCRIPTIONS[error], { 'WWW-Authenticate': value });
}

function described(error: BearerError): Record<string, string> {
  return { error, error_description: DESCRIPTIONS[error] };
}

/** One challenge (RFC 9110 section 11.6.1), each parameter once, as quoted strings of printable ASCII. */
function header(parameters: Record<string, string>): string {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== '');
  return `Bearer ${pairs.map(([name, value]) => `${name}="${quoted(value)}"`).join(', ')}`;
}

function quoted(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '').replace(/["\\]/g, '\\$&');
}
