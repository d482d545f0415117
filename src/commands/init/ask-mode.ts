import { offered, offeredBySearch } from '../../plan/tools/offered-tokens.js';
import { budgetWarnings, count, plural } from '../../print/budget.js';
import type { Asker } from './asker.js';
import { amend, type Opened } from './open.js';

/** Proposes search mode if there are more tools than clients can use, unless a flag specifies the mode. */
export async function askMode(opened: Opened, asker: Asker): Promise<Opened> {
  const { draft, plan } = opened;
  const all = offered(plan.api);
  if (draft.tools !== undefined || budgetWarnings(all.tools, all.tokens).length === 0)
    return opened;
  const { mode } = await asker.choose('How should the server offer them?', [
    {
      label: 'Three tools find and call them',
      hint: costOf(offeredBySearch(plan.api)),
      mode: 'search',
    },
    { label: 'Each as a tool', hint: costOf(all), mode: 'all' },
  ] as const);
  return mode === 'all' ? opened : amend(opened, { tools: mode });
}

function costOf({ tools, tokens }: ReturnType<typeof offered>): string {
  return `${plural(tools, 'tool')}, about ${count(tokens)} tokens to list them`;
}
