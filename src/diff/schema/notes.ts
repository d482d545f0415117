import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../json.js';
import type { Finding } from '../change.js';
import { show, subject } from '../show.js';

/** Keywords that restrict nothing. */
export const NOTES = ['title', 'description', 'examples', 'default', 'deprecated'];

const WORDS = ['title', 'description', 'examples'];

/** The codes of findings about what restricts nothing. */
const codes = ['WORDING', 'DEFAULT_CHANGED', 'DEPRECATED', 'DEPRECATION_LIFTED'];

/** Whether a finding is about what a schema takes. */
export function isMeaning({ code }: Finding): boolean {
  return !codes.includes(code);
}

/** What changed in what is said of a value. */
export function compareNotes(before: JsonObject, after: JsonObject, place: string): Finding[] {
  const differs = (keyword: string) => !isDeepStrictEqual(before[keyword], after[keyword]);
  return [
    ...(WORDS.some(differs) ? [{ code: 'WORDING' as const, place, message: 'Other words.' }] : []),
    ...(differs('default') ? [changedDefault(before['default'], after['default'], place)] : []),
    ...(differs('deprecated') ? [changedDeprecation(after['deprecated'] === true, place)] : []),
  ];
}

/** A finding about the value that counts where none is given. */
export function changedDefault(before: unknown, after: unknown, place: string): Finding {
  const values = {
    ...(before !== undefined && { before: show(before) }),
    ...(after !== undefined && { after: show(after) }),
  };
  const now = values.after === undefined ? 'no default now' : `the default ${values.after} now`;
  return { code: 'DEFAULT_CHANGED', place, message: `${subject(place)} has ${now}.`, ...values };
}

function changedDeprecation(isDeprecated: boolean, place: string): Finding {
  return isDeprecated
    ? { code: 'DEPRECATED', place, message: `${subject(place)} is deprecated now.` }
    : {
        code: 'DEPRECATION_LIFTED',
        place,
        message: `${subject(place)} is no longer deprecated.`,
      };
}
