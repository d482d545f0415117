import type { Api } from '../../../templates/src/runtime/api.js';
import { instructionsOf, wholeInstructions } from '../../../templates/src/runtime/instructions.js';
import type { Problem } from '../../errors.js';
import type { PlannedInput } from '../input/input.js';
import type { Operation } from '../operations/operations.js';
import { LONGEST } from '../schema/fit.js';
import type { Shortened } from '../schema/shorten.js';

/** Characters of a tool's description; clients cut longer ones. */
export const LONGEST_DESCRIPTION = 2000;

const NAMED = 3;

/** What models are not shown of a tool, because it is too long. */
export function shorteningsOf(
  { place }: Operation,
  { levels, shortened, inputSchema }: PlannedInput,
  description: string,
): Problem[] {
  const isLong = description.length > LONGEST_DESCRIPTION;
  const own: Shortened = { label: '', what: 'description', length: description.length };
  const all = [...(isLong ? [own] : []), ...shortened];
  const { length } = JSON.stringify(inputSchema);
  return [
    ...(levels === undefined ? [] : [cut(place, levels)]),
    ...(all.length === 0 ? [] : [shortenedTexts(place, all)]),
    ...(length <= LONGEST ? [] : [tooLong(place, length)]),
  ];
}

/** What models are not shown of the description of an API. */
export function longInstructions(api: Api): Problem[] {
  const { length } = wholeInstructions(api);
  if (length === instructionsOf(api).length) return [];
  return [
    {
      code: 'TEXT_SHORTENED',
      place: '#/info/description',
      message: `Shortened for models: the instructions of the server (${length.toLocaleString('en-US')} characters).`,
      remedy: 'Write a shorter description with --overlay, if models should see all of it.',
    },
  ];
}

function cut(place: string, levels: number): Problem {
  return {
    code: 'SCHEMA_CUT',
    place,
    message: `The schema of the arguments is longer than ${LONGEST / 1024} KiB; what is nested deeper than ${levels} ${levels === 1 ? 'level' : 'levels'} is not described.`,
    remedy: 'Leave out parts of it with --overlay, if models should see the rest.',
  };
}

function shortenedTexts(place: string, shortened: readonly Shortened[]): Problem {
  const texts = [...new Set(shortened.toSorted((a, b) => b.length - a.length).map(nameOf))];
  const more = texts.length - NAMED;
  const named = texts.slice(0, NAMED).join(', ');
  return {
    code: 'TEXT_SHORTENED',
    place,
    message: `Shortened for models: ${named}${more > 0 ? ` and ${more} more` : ''}.`,
    remedy: 'Write shorter ones with --overlay, if models should see all of it.',
  };
}

function nameOf({ label, what, length }: Shortened): string {
  const count = length.toLocaleString('en-US');
  const owner = label === '' ? 'the tool' : JSON.stringify(label);
  if (what === 'enum') return `the enum of ${owner} (${count} values)`;
  return `the ${what} of ${owner} (${count} characters)`;
}

function tooLong(place: string, length: number): Problem {
  return {
    code: 'SCHEMA_TOO_LONG',
    place,
    message: `The schema of the arguments has ${Math.ceil(length / 1024)} KiB, though nothing of it is described any more than by its name.`,
    remedy: 'Leave the operation out with --exclude, or parameters with --overlay.',
  };
}
