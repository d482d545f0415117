import { budgetWarnings, listingCost } from '../../print/budget.js';
import { count, plural } from '../../numbers.js';
import { offered, offeredBySearch } from '../../plan/tools/offered-tokens.js';
import { isReading } from '../../plan/tools/annotations.js';
import type { Asker, Choice } from './asker.js';
import { candidatesOf, tokensOf, type Candidate, groupByTag, unionOf } from './candidates.js';
import { amend, type Opened } from './open.js';
import { patternsOfCandidates, patternsOfGroups, type Patterns } from './patterns.js';
import { formatRows } from './pick.js';

/** Asks which operations become tools, unless a flag specifies it. */
export async function askOperations(opened: Opened, asker: Asker): Promise<Opened> {
  const { include, exclude, readOnly } = opened.draft;
  if ([include, exclude, readOnly].some((flag) => flag !== undefined)) return opened;
  // The estimate is for a server with OAuth, whose list is slightly longer.
  const { plan } = amend(opened, { auth: opened.draft.auth ?? 'oauth2' });
  const candidates = candidatesOf(opened.document, plan);
  if (candidates.length < 2) return opened;
  const reading = candidates.filter(({ operation }) =>
    isReading(opened.document.openapi, operation),
  );
  return amend(opened, await askSelection(candidates, reading, asker));
}

type Selection = Patterns & { readonly readOnly?: true };

async function askSelection(
  candidates: readonly Candidate[],
  reading: readonly Candidate[],
  asker: Asker,
): Promise<Selection> {
  const groups = groupByTag(candidates);
  const all = { label: 'All of them', hint: comesTo(new Set(candidates))[0] ?? '', by: 'all' };
  const byTag = { label: 'By tag', hint: plural(groups.length, 'group'), by: 'tag' };
  const isMixed = reading.length > 0 && reading.length < candidates.length;
  const { by } = await asker.choose('Which operations become tools?', [
    all,
    ...(isMixed ? [onlyReading(reading)] : []),
    ...(groups.length > 1 ? [byTag] : []),
    { label: 'One by one', by: 'operation' },
  ]);
  if (by === 'all') return {};
  if (by === 'reading') return { readOnly: true };
  if (by === 'tag') return askGroups(groups, asker);
  return askCandidates(candidates, asker);
}

function onlyReading(reading: readonly Candidate[]): Choice & { readonly by: string } {
  return {
    label: `Only those that read (${count(reading.length)})`,
    hint: `about ${plural(tokensOf(reading), 'token')} to list them`,
    by: 'reading',
  };
}

async function askGroups(groups: ReturnType<typeof groupByTag>, asker: Asker): Promise<Patterns> {
  const at = (positions: readonly number[]) => positions.flatMap((index) => groups[index] ?? []);
  const chosen = await asker.pick({
    message: 'Which tags? All are selected; deselect those that you do not need.',
    rows: formatRows(
      groups.map(({ tag, candidates }) => [
        tag ?? '(without a tag)',
        plural(candidates.length, 'tool'),
        plural(tokensOf(candidates), 'token'),
      ]),
      asker.rowWidth,
    ),
    total: (positions) => comesTo(unionOf(at(positions))),
  });
  return patternsOfGroups(groups, chosen);
}

async function askCandidates(all: readonly Candidate[], asker: Asker): Promise<Patterns> {
  const at = (positions: readonly number[]) => positions.flatMap((index) => all[index] ?? []);
  const chosen = await asker.pick({
    message: 'Which operations? All are selected; deselect those that you do not need.',
    rows: formatRows(
      namesAndRequests(all).map((name, index) => [name, plural(all[index]?.tokens ?? 0, 'token')]),
      asker.rowWidth,
    ),
    total: (positions) => comesTo(new Set(at(positions))),
  });
  return patternsOfCandidates(all, new Set(at(chosen)));
}

/** The tool's name and, in a second column, its operation. */
function namesAndRequests(all: readonly Candidate[]): string[] {
  const width = all.reduce((most, { name }) => Math.max(most, name.length), 0);
  return all.map(
    ({ name, operation: { method, path } }) => `${name.padEnd(width)}  ${method} ${path}`,
  );
}

/** The number and cost of the chosen tools, and whether that is more than clients can use. */
function comesTo(candidates: ReadonlySet<Candidate>): string[] {
  const [tools, tokens] = [candidates.size, tokensOf(candidates)];
  return [
    listingCost({ tools, tokens }),
    ...budgetWarnings(tools, tokens).map(({ message }) => message),
  ];
}

/** Proposes search mode if there are more tools than clients can use, unless a flag specifies the mode. */
export async function askMode(opened: Opened, asker: Asker): Promise<Opened> {
  const { draft, plan } = opened;
  const all = offered(plan.api);
  if (draft.tools !== undefined || budgetWarnings(all.tools, all.tokens).length === 0)
    return opened;
  const { mode } = await asker.choose('How should the server offer them?', [
    {
      label: 'Three tools find and call them',
      hint: listingCost(offeredBySearch(plan.api)),
      mode: 'search',
    },
    { label: 'Each as a tool', hint: listingCost(all), mode: 'all' },
  ] as const);
  return mode === 'all' ? opened : amend(opened, { tools: mode });
}
