import type { Problem } from '../errors.js';
import type { Plan } from '../plan/types.js';
import { offered } from '../plan/tools/offered-tokens.js';
import { listingWarnings } from '../print/budget.js';
import { plural } from '../numbers.js';
import { keptIgnoreWarnings, keptManifestWarnings } from './kept-files.js';

/** Facts about a project, besides the changes. */
export interface Facts {
  readonly name: string;
  readonly tools: number;
  /** The approximate number of tokens for listing the tools. */
  readonly tokens: number;
  readonly warnings: readonly Problem[];
}

/** The facts of a plan, for its destination folder; `more` are warnings of the run itself. */
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
    ...keptIgnoreWarnings(directory),
    ...more,
  ];
  return { name: api.name, tools, tokens, warnings };
}

/** What callers need, as the rest of a sentence. */
export function callersOf({ api }: Plan): string {
  if (api.authentication === 'none') return 'need no token; only this machine can reach the server';
  return `need an access token issued by ${api.authorizationServer ?? 'OAUTH_AUTHORIZATION_SERVER, which is not set yet'}`;
}

/** The warnings for a server over stdio: its only caller is the user, whose scopes the API checks. */
export function overStdio(warnings: readonly Problem[]): Problem[] {
  return warnings.filter(({ code }) => code !== UNCHECKED);
}

const UNCHECKED = 'UNCHECKED_SCOPES';

/** Warns of scopes in the document that will not be checked. */
export function callerWarnings(
  authentication: Plan['api']['authentication'],
  scopes: Iterable<readonly unknown[]>,
): Problem[] {
  const guarded = [...scopes].filter((alternatives) => alternatives.length > 0).length;
  if (authentication === 'oauth2' || guarded === 0) return [];
  return [
    {
      code: UNCHECKED,
      place: '--auth',
      message: `${plural(guarded, 'tool')} would need OAuth scopes, which are not checked because the server does not require a token.`,
      remedy: 'Name the authorization server that issues the tokens: --oauth-server <issuer>.',
    },
  ];
}
