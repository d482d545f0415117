import type { Api } from '../../../templates/src/runtime/api.js';
import { instructionsOf, wholeInstructions } from '../../../templates/src/runtime/listing.js';
import type { Problem } from '../../errors.js';
import { count, someOf } from '../../numbers.js';
import type { PlannedInput } from '../input/input.js';
import type { Operation } from '../operations/operations.js';
import { LONGEST } from '../schema/fit.js';
import type { Shortened } from '../schema/shorten.js';

/** Characters of a tool's description; clients truncate longer ones. */
export const LONGEST_DESCRIPTION = 2000;

const NAMED = 3;

/** The parts of a tool that models do not see, because they are too long. */
export function shorteningsOf(
  { place }: Operation,
  { depth, shortened, inputSchema }: PlannedInput,
  description: string,
): Problem[] {
  const isLong = description.length > LONGEST_DESCRIPTION;
  const own: Shortened = { label: '', what: 'description', length: description.length };
  const all = [...(isLong ? [own] : []), ...shortened];
  const { length } = JSON.stringify(inputSchema);
  return [
    ...(depth === undefined ? [] : [truncatedSchema(place, depth)]),
    ...(all.length === 0 ? [] : [shortenedTexts(place, all)]),
    ...(length <= LONGEST ? [] : [tooLong(place, length)]),
  ];
}

/** The part of an API's description that models do not see. */
export function longInstructions(api: Api): Problem[] {
  const { length } = wholeInstructions(api);
  if (length === instructionsOf(api).length) return [];
  return [
    {
      code: 'TEXT_SHORTENED',
      place: '#/info/description',
      message: `Shortened for models: the instructions of the server (${count(length)} characters).`,
      remedy: 'If models should see all of it, write a shorter description with --overlay.',
    },
  ];
}

function truncatedSchema(place: string, depth: number): Problem {
  return {
    code: 'SCHEMA_CUT',
    place,
    message: `The schema of the arguments is longer than ${LONGEST / 1024} KiB; below a depth of ${depth} ${depth === 1 ? 'level' : 'levels'}, only its smaller parts are described.`,
    remedy:
      'If models should see the others too, remove parts that they do not need with --overlay.',
  };
}

function shortenedTexts(place: string, shortened: readonly Shortened[]): Problem {
  const texts = [...new Set(shortened.toSorted((a, b) => b.length - a.length).map(nameOf))];
  return {
    code: 'TEXT_SHORTENED',
    place,
    message: `Shortened for models: ${someOf(texts, NAMED)}.`,
    remedy: 'If models should see all of them, write shorter ones with --overlay.',
  };
}

function nameOf({ label, what, length }: Shortened): string {
  const owner = label === '' ? 'the tool' : JSON.stringify(label);
  if (what === 'enum') return `the enum of ${owner} (${count(length)} values)`;
  return `the ${what} of ${owner} (${count(length)} characters)`;
}

function tooLong(place: string, length: number): Problem {
  return {
    code: 'SCHEMA_TOO_LONG',
    place,
    message: `The schema of the arguments takes ${Math.ceil(length / 1024)} KiB even after everything but the names was removed.`,
    remedy: 'Exclude the operation with --exclude, or remove parameters with --overlay.',
  };
}
