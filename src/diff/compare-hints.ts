import type { Tool } from '../../templates/src/runtime/api.js';
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

/** Changes of the annotations, for clients that trust them. */
export function compareHints(before: Hints, after: Hints): Finding[] {
  const changed = (Object.keys(SAFE) as (keyof Hints)[]).filter(
    (hint) => before[hint] !== after[hint],
  );
  return changed.map((hint) => {
    const isSafer = after[hint] === SAFE[hint];
    return {
      code: isSafer ? 'LOOKS_SAFER' : 'MORE_DANGEROUS',
      place: `annotations.${hint}`,
      message: `Its hints now state that it ${NOW[hint][Number(isSafer) as 0 | 1]}.`,
      before: String(before[hint]),
      after: String(after[hint]),
    };
  });
}
