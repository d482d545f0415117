import type { IncomingMessage } from 'node:http';
import type { AuthInfo, CallToolResult } from '@modelcontextprotocol/server';
import { limitLines, type Audit } from '../audit.js';
import type { Authorize } from '../mcp.js';
import { createLimiter, networkOf } from '../limits.js';
import { calledTools } from '../messages.js';
import { refuse, refuseExcess } from '../refusal.js';
import { readBearer } from './bearer.js';
import { createChallenges } from './challenge.js';
import type { Resource } from './identity.js';
import { ProviderUnavailable } from './provider.js';
import { mayCall, scopesToAskFor, stepUpScopes } from './scopes.js';
import type { OAuthSettings } from './settings.js';
import { InvalidToken, type Caller, type Holder, type Verifier } from './token.js';

/** Stands before MCP: who calls, and whether that caller may make these calls. */
export interface Gate {
  /** The holder of the request's token, or the refusal. Reads headers only. */
  admit(request: IncomingMessage): Promise<AuthInfo | Response>;
  /** Refuses a parsed body as a whole when any of its tool calls lacks a scope. */
  refuseCalls(body: unknown, auth: AuthInfo): Response | undefined;
  /** The same question again where the tool runs, for whatever came there on another way. */
  readonly authorize: Authorize;
  /** What a client asks the provider for to call a tool, all alternatives together. */
  readonly scopesOf: (tool: { readonly name: string }) => readonly string[];
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

  async function admit(request: IncomingMessage): Promise<AuthInfo | Response> {
    const credentials = readBearer(request.rawHeaders);
    const address = request.socket.remoteAddress;
    if (credentials.kind === 'missing') return challenges.missing();
    if (credentials.kind === 'malformed')
      return failed(challenges.malformed, 'malformed Authorization header', address);
    try {
      return authInfo(credentials.token, await verifier.verify(credentials.token));
    } catch (error) {
      if (error instanceof InvalidToken)
        return failed(challenges.invalid, error.message, address, error.holder);
      if (!(error instanceof ProviderUnavailable)) throw error;
      log('auth_failure', networkOf(address ?? ''), { reason: error.message, address });
      return refuse(503, 'temporarily_unavailable', 'Tokens cannot be validated at the moment.', {
        'Retry-After': '30',
      });
    }
  }

  /**
   * Only what fails is limited: behind a proxy all callers have its address, and nobody may lock the others out.
   * Tokens that the provider did issue are not counted, so that each that has expired is told so; of an opaque one
   * nobody can tell whether it ever was.
   */
  function failed(
    answer: () => Response,
    reason: string,
    address = '',
    holder: Holder = {},
  ): Response {
    const network = networkOf(address);
    const issued = holder.subject !== undefined || holder.client !== undefined;
    const uncounted = issued || oauth.introspection !== undefined;
    const excess = uncounted ? undefined : failures.take(network);
    log('auth_failure', network, { reason, ...holder, address });
    return excess === undefined ? answer() : refuseExcess(excess);
  }

  function refuseCalls(body: unknown, auth: AuthInfo): Response | undefined {
    const tools = [...new Set(calledTools(body))];
    const refused = tools.filter(
      (tool) =>
        Object.hasOwn(oauth.scopes.byTool, tool) && !mayCall(tool, auth.scopes, oauth.scopes),
    );
    if (refused.length === 0 || oauth.scopeErrors === 'tool') return undefined;
    logRefusal(refused, auth);
    return challenges.insufficient(stepUpScopes(refused, auth.scopes, oauth.scopes));
  }

  function authorize(
    tool: { readonly name: string },
    { http }: Parameters<Authorize>[1],
  ): CallToolResult | undefined {
    const auth = http?.authInfo;
    if (auth !== undefined && mayCall(tool.name, auth.scopes, oauth.scopes)) return undefined;
    logRefusal([tool.name], auth);
    const scopes = stepUpScopes([tool.name], auth?.scopes ?? [], oauth.scopes);
    return {
      isError: true,
      content: [
        {
          type: 'text',
          text: `This tool needs a permission that has not been granted: ${scopes.join(' ')}`,
        },
      ],
      _meta: { 'mcp/www_authenticate': [challenges.stepUp(scopes)] },
    };
  }

  function logRefusal(tools: readonly string[], auth: AuthInfo | undefined): void {
    const subject = auth?.extra?.['subject'];
    log('scope_failure', JSON.stringify([subject, auth?.clientId]), {
      tools,
      subject,
      client: auth?.clientId,
      scopes: auth?.scopes,
    });
  }
}

function authInfo(token: string, caller: Caller): AuthInfo {
  return {
    token,
    clientId: caller.client ?? '',
    scopes: [...caller.scopes],
    expiresAt: caller.expiresAt,
    extra: { subject: caller.subject, audiences: caller.audiences },
  };
}
