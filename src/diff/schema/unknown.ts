import { isDeepStrictEqual } from 'node:util';
import type { Finding } from '../change.js';
import { show, shorten, subject } from '../show.js';
import type { Pair } from './pair.js';

/** A keyword with an unknown meaning is assumed to matter. */
export function compareUnknown(
  { before, after, place }: Pair,
  known: ReadonlySet<string>,
): Finding[] {
  const keywords = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (keyword) => !known.has(keyword) && !isDeepStrictEqual(before[keyword], after[keyword]),
  );
  return keywords.map((keyword) => ({
    code: 'SCHEMA_CHANGED',
    place,
    message: `${subject(place)} has a different ${shorten(keyword)}, whose effect is not known.`,
    ...(before[keyword] !== undefined && { before: show(before[keyword]) }),
    ...(after[keyword] !== undefined && { after: show(after[keyword]) }),
  }));
}
