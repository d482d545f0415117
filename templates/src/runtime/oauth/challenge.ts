import { refuse } from '../refusal.js';
import type { Resource } from './identity.js';
import { withPrefix, type ScopeRules } from './scopes.js';

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
  readonly missing: () => Response;
  readonly malformed: () => Response;
  readonly invalid: () => Response;
  readonly insufficient: (scopes: readonly string[]) => Response;
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

function unauthorized(value: string): Response {
  const headers = { 'WWW-Authenticate': value };
  return refuse(401, 'unauthorized', 'An access token is needed.', headers);
}

function refuseAs(status: number, error: BearerError, value: string): Response {
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
