import { own } from '../json.js';
import type { Finding } from './change.js';
import { memberPlace, shorten } from './show.js';

/** The values of two records under one name; undefined if a record has none. */
export interface Member<T> {
  readonly name: string;
  readonly place: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Compares two records by name, including names that only one of them has. */
export function compareRecords<T>(
  place: string,
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  compare: (member: Member<T>) => Finding[],
): Finding[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) =>
    compare({
      name: shorten(name),
      place: memberPlace(place, name),
      before: own(before, name),
      after: own(after, name),
    }),
  );
}

/** Compares two optional texts. */
export function compareTexts(
  code: Finding['code'],
  place: string,
  name: string,
  before: string | undefined,
  after: string | undefined,
): Finding[] {
  if (before === after) return [];
  const [had, has] = [before, after].map((text) => text && shorten(text, 200));
  const now =
    has === undefined
      ? `no longer set: it was ${had ?? ''}`
      : `${has} ${had === undefined ? 'now' : `instead of ${had}`}`;
  return [
    {
      code,
      place,
      message: `${name} is ${now}.`,
      ...(had !== undefined && { before: had }),
      ...(has !== undefined && { after: has }),
    },
  ];
}
