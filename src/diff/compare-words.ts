import type { Api, Tool } from '../../templates/src/runtime/api.js';
import { toChange, type Change, type Finding } from './change.js';
import { shorten } from './show.js';

/** How a plan marks the tool of a deprecated operation. */
const DEPRECATED = /^Deprecated\. /;

/** Changes of a tool's description. */
export function compareToolWords(before: Tool, after: Tool): Finding[] {
  const [had, has] = [DEPRECATED.test(before.description), DEPRECATED.test(after.description)];
  return [
    ...(has && !had ? [{ code: 'DEPRECATED' as const, message: 'Now deprecated.' }] : []),
    ...(had && !has
      ? [{ code: 'DEPRECATION_LIFTED' as const, message: 'No longer deprecated.' }]
      : []),
    ...words('title', before.title, after.title),
    ...words('description', descriptionOf(before), descriptionOf(after)),
  ];
}

/**
 * Without the title, which a plan leaves out if the rest or the name contains its words. Where the document has no
 * description, the plan names the operation, which does not count as wording.
 */
function descriptionOf({ title = '', description, request: { method, path } }: Tool): string {
  const text = description.replace(DEPRECATED, '');
  if (text.startsWith(`${title}\n\n`)) return text.slice(title.length + 2);
  return text === `${method} ${path}` ? '' : text;
}

/** Changes of the API's description. */
export function compareApiWords(before: Api, after: Api): Finding[] {
  return (['title', 'description', 'documentation', 'icon'] as const).flatMap((member) =>
    words(member, before[member], after[member]),
  );
}

/** All findings about wording as one, which lists the places. */
export function gatherWords(findings: readonly Finding[]): Finding[] {
  const isWording = ({ code }: Finding) => code === 'WORDING';
  const places = [...new Set(findings.filter(isWording).map(({ place = '' }) => place))];
  const others = findings.filter((finding) => !isWording(finding));
  if (places.length === 0) return others;
  const place = shorten(places.join(', '));
  return [...others, { code: 'WORDING', place, message: `The wording changed: ${place}.` }];
}

function words(place: string, before: string | undefined, after: string | undefined): Finding[] {
  return before === after ? [] : [{ code: 'WORDING', place, message: 'The wording changed.' }];
}

const fates = {
  ADDED:
    'The document now contains invisible text. It is removed from the output; HIDDEN_TEXT warnings name the places.',
  REMOVED: 'The document no longer contains invisible text.',
  CHANGED:
    'The invisible text in the document changed. It is removed from the output; HIDDEN_TEXT warnings name the places.',
} as const;

/** Changes of the hidden text in documents, given its fingerprints: an API does not contain the text. */
export function compareHidden(before: string | undefined, after: string | undefined): Change[] {
  if (before === after) return [];
  const fate = before === undefined ? 'ADDED' : after === undefined ? 'REMOVED' : 'CHANGED';
  return [toChange({ code: `HIDDEN_TEXT_${fate}`, message: fates[fate] })];
}
