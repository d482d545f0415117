import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../json.js';
import type { Finding } from '../change.js';
import { find, shown } from '../show.js';

/** Keywords that do not restrict values. */
export const NOTES = ['title', 'description', 'examples', 'default', 'deprecated'];

const WORDS = ['title', 'description', 'examples'];

/** The codes of findings that do not restrict values. */
const codes = ['WORDING', 'DEFAULT_CHANGED', 'DEPRECATED', 'DEPRECATION_LIFTED'];

/** Whether a finding affects the accepted values. */
export function isMeaning({ code }: Finding): boolean {
  return !codes.includes(code);
}

/** Changes of a value's annotations. */
export function compareNotes(before: JsonObject, after: JsonObject, place: string): Finding[] {
  const differs = (keyword: string) => !isDeepStrictEqual(before[keyword], after[keyword]);
  return [
    ...(WORDS.some(differs)
      ? [{ code: 'WORDING' as const, place, message: 'The wording changed.' }]
      : []),
    ...(differs('default') ? [changedDefault(before['default'], after['default'], place)] : []),
    ...(differs('deprecated') ? [changedDeprecation(after['deprecated'] === true, place)] : []),
  ];
}

/** A finding about the default. */
export function changedDefault(before: unknown, after: unknown, place: string): Finding {
  const values = shown(before, after);
  const now = values.after === undefined ? 'no default' : `the default ${values.after}`;
  return find('DEFAULT_CHANGED', place, `now has ${now}`, values);
}

function changedDeprecation(isDeprecated: boolean, place: string): Finding {
  return isDeprecated
    ? find('DEPRECATED', place, 'is now deprecated')
    : find('DEPRECATION_LIFTED', place, 'is no longer deprecated');
}
