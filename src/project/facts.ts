import type { Problem } from '../errors.js';
import type { Plan } from '../plan/types.js';
import { offered } from '../plan/tools/offered-tokens.js';
import { listingWarnings, plural } from '../print/budget.js';
import { keptManifestWarnings } from './kept-files.js';

/** What is said of a project beside what changes in it. */
export interface Facts {
  readonly name: string;
  readonly tools: number;
  /** About how many a model pays to have the tools listed. */
  readonly tokens: number;
  readonly warnings: readonly Problem[];
}

/** Those of a plan, for the folder that it is to become; `more` are warnings of the run itself. */
export async function factsOf(
  plan: Plan,
  directory: string,
  more: readonly Problem[] = [],
): Promise<Facts> {
  const { api } = plan;
  const tools = api.tools.length;
  const { tokens } = offered(api);
  const warnings = [
    ...plan.warnings,
    ...callerWarnings(api.authentication, Object.values(api.scopes)),
    ...listingWarnings(plan),
    ...(await keptManifestWarnings(directory, plan.target)),
    ...more,
  ];
  return { name: api.name, tools, tokens, warnings };
}

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
