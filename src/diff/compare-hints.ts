import type { Tool } from '../../templates/src/runtime/api.js';
import { hintsOf } from '../methods.js';
import type { Finding } from './change.js';

type Hints = Tool['annotations'];

/** The hints that make a tool look safer to a client, which may then call it without asking its user. */
const SAFE: Hints = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

const NOW: Readonly<Record<keyof Hints, readonly [dangerous: string, safe: string]>> = {
  readOnlyHint: ['changes data', 'only reads'],
  destructiveHint: ['may destroy data', 'destroys nothing'],
  idempotentHint: [
    'has further effects when called twice',
    'has no further effects when called twice',
  ],
  openWorldHint: ['reaches the outside world', 'stays within a closed world'],
};

/**
 * Changes of the annotations, for clients that trust them, and annotations that look safer than the method. Without
 * `before`, the tool is new.
 */
export function compareHints(before: Tool | undefined, after: Tool): Finding[] {
  if (before === undefined) return claimsOf(after);
  const changed = changedHints(before.annotations, after.annotations);
  const known = new Set([...changed, ...claimsOf(before)].map(({ place }) => place));
  return [...changed, ...claimsOf(after).filter(({ place }) => !known.has(place))];
}

function changedHints(before: Hints, after: Hints): Finding[] {
  const changed = (Object.keys(SAFE) as (keyof Hints)[]).filter(
    (hint) => before[hint] !== after[hint],
  );
  return changed.map((hint) => ({
    ...finding(hint, after, `Its hints now state that it ${effectOf(hint, after)}.`),
    before: String(before[hint]),
  }));
}

/** Hints that hide from a client what the method does (RFC 9110 section 9.2). */
function claimsOf({ annotations, request: { method } }: Tool): Finding[] {
  const expected = hintsOf(method);
  const claimed = (['readOnlyHint', 'destructiveHint'] as const).filter(
    (hint) => annotations[hint] !== expected[hint] && annotations[hint] === SAFE[hint],
  );
  return claimed.map((hint) =>
    finding(
      hint,
      annotations,
      `Its hints state that it ${effectOf(hint, annotations)}, but it sends ${method}.`,
    ),
  );
}

function effectOf(hint: keyof Hints, { [hint]: value }: Hints): string {
  return NOW[hint][Number(value === SAFE[hint]) as 0 | 1];
}

function finding(hint: keyof Hints, after: Hints, message: string): Finding {
  return {
    code: after[hint] === SAFE[hint] ? 'LOOKS_SAFER' : 'MORE_DANGEROUS',
    place: `annotations.${hint}`,
    message,
    after: String(after[hint]),
  };
}
