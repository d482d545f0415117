import type { Problem } from '../errors.js';
import type { Plan } from '../plan/plan.js';
import { offered } from '../plan/offered-tokens.js';
import { listingWarnings } from './budget.js';
import { callerWarnings } from './callers.js';
import { keptManifestWarnings } from './kept-manifest.js';

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
    ...(await keptManifestWarnings(directory)),
    ...more,
  ];
  return { name: api.name, tools, tokens, warnings };
}
