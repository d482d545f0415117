import type { Api, Tool } from './api-types.js';
import { toChange, type Change, type Finding } from './change.js';
import { shorten } from './show.js';

/** How the plan says of a tool that its operation is deprecated. */
const DEPRECATED = /^Deprecated\. /;

/** What changed in how a tool is described. */
export function compareToolWords(before: Tool, after: Tool): Finding[] {
  const [had, has] = [DEPRECATED.test(before.description), DEPRECATED.test(after.description)];
  return [
    ...(has && !had ? [{ code: 'DEPRECATED' as const, message: 'Deprecated now.' }] : []),
    ...(had && !has
      ? [{ code: 'DEPRECATION_LIFTED' as const, message: 'No longer deprecated.' }]
      : []),
    ...words('title', before.title, after.title),
    ...words('description', descriptionOf(before), descriptionOf(after)),
  ];
}

/** Where a document describes nothing, the plan names the operation, which is no wording. */
function descriptionOf({ description, request: { method, path } }: Tool): string {
  const text = description.replace(DEPRECATED, '');
  return text === `${method} ${path}` ? '' : text;
}

/** What changed in how the API is described. */
export function compareApiWords(before: Api, after: Api): Finding[] {
  return (['title', 'description', 'documentation', 'icon'] as const).flatMap((member) =>
    words(member, before[member], after[member]),
  );
}

/** All findings about words as one, which says where. */
export function gatherWords(findings: readonly Finding[]): Finding[] {
  const isWording = ({ code }: Finding) => code === 'WORDING';
  const places = [...new Set(findings.filter(isWording).map(({ place = '' }) => place))];
  const others = findings.filter((finding) => !isWording(finding));
  if (places.length === 0) return others;
  const place = shorten(places.join(', '));
  return [...others, { code: 'WORDING', place, message: `Other words: ${place}.` }];
}

function words(place: string, before: string | undefined, after: string | undefined): Finding[] {
  return before === after ? [] : [{ code: 'WORDING', place, message: 'Other words.' }];
}

const fates = {
  ADDED:
    'The document now contains invisible text. It is left out; HIDDEN_TEXT warnings name the places.',
  REMOVED: 'The document no longer contains invisible text.',
  CHANGED:
    'The invisible text of the document is different. It is left out; HIDDEN_TEXT warnings name the places.',
} as const;

/** What changed in what documents hide from their readers, given fingerprints of it: none of it is in an API. */
export function compareHidden(before: string | undefined, after: string | undefined): Change[] {
  if (before === after) return [];
  const fate = before === undefined ? 'ADDED' : after === undefined ? 'REMOVED' : 'CHANGED';
  return [toChange({ code: `HIDDEN_TEXT_${fate}`, message: fates[fate] })];
}
