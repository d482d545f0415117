import type { Problem } from '../errors.js';
import type { Plan } from '../plan/plan.js';
import { totalTokens } from '../plan/tokens.js';
import { budgetWarnings } from '../print/budget.js';
import { callerWarnings } from '../print/callers.js';
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
  const [tools, tokens] = [api.tools.length, totalTokens(api)];
  const warnings = [
    ...plan.warnings,
    ...callerWarnings(api.authentication, Object.values(api.scopes)),
    ...budgetWarnings(tools, tokens),
    ...(await keptManifestWarnings(directory)),
    ...more,
  ];
  return { name: api.name, tools, tokens, warnings };
}
