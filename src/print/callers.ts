import type { Problem } from '../errors.js';
import type { Plan } from '../plan/plan.js';
import { plural } from './budget.js';

/** Who may call the server, in a few words. */
export function callersOf({ api }: Plan): string {
  if (api.authentication === 'none') return 'anybody who can reach it, which is this machine only';
  return `holders of an access token of ${api.authorizationServer ?? 'OAUTH_AUTHORIZATION_SERVER, which is yet to be set'}`;
}

/** Warns of scopes that the document names and nobody will check. */
export function callerWarnings(
  authentication: Plan['api']['authentication'],
  scopes: Iterable<readonly unknown[]>,
): Problem[] {
  const guarded = [...scopes].filter((alternatives) => alternatives.length > 0).length;
  if (authentication === 'oauth2' || guarded === 0) return [];
  return [
    {
      code: 'UNCHECKED_SCOPES',
      place: '--auth',
      message: `${plural(guarded, 'tool')} would need OAuth scopes, which nobody checks, because the server asks for no token.`,
      remedy: 'Name the authorization server whose tokens count: --oauth-server <issuer>.',
    },
  ];
}
