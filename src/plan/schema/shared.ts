import type { ConversionOptions } from './options.js';
import type { Made } from './journal.js';
import type { Place } from './place.js';

/** Maximum depth of inlined schemas inside one another: readers of the result have a limited call stack. */
export const INLINE_DEPTH = 32;

/** What a conversion may write. */
export type Limits = Required<
  Pick<ConversionOptions, 'depth' | 'small' | 'kindsDepth' | 'textsDepth'>
> &
  Pick<ConversionOptions, 'binaryAsBase64' | 'mentionedOnce' | 'texts'>;

/**
 * The targets of references as the operations of a document share them: most operations use the same ones, and each is
 * converted once.
 */
export interface Shared {
  /** The target of a pointer, if it would be converted in the same way at this place. */
  find(pointer: string, place: Place, limits: Limits): Made | undefined;
  keep(pointer: string, place: Place, limits: Limits, made: Made): void;
}

export function createShared(): Shared {
  const known = new Map<string, Map<string, Made>>();
  return {
    find(pointer, place, limits) {
      const all = known.get(pointer);
      if (all === undefined) return undefined;
      const context = contextOf(place, limits);
      const whole = all.get(context);
      const made =
        whole !== undefined && isWithin(whole, place, limits)
          ? whole
          : all.get(context + roomOf(place, limits));
      return made !== undefined && isSame(made, place, limits) ? made : undefined;
    },
    keep(pointer, place, limits, made) {
      if (!isSame(made, place, limits)) return;
      const all = known.get(pointer) ?? new Map<string, Made>();
      const room = isWithin(made, place, limits) ? '' : roomOf(place, limits);
      known.set(pointer, all.set(contextOf(place, limits) + room, made));
    },
  };
}

/** Whether nothing around a place makes a difference, but for its depth and for references back to it. */
export function isFree({ inherits, open, readOnly, bases, choices }: Place): boolean {
  return !inherits && !open && readOnly.size + bases.size + choices.size === 0;
}

function contextOf({ composed }: Place, { binaryAsBase64, texts }: Limits): string {
  return [composed, binaryAsBase64, texts?.description].join();
}

function roomOf({ depth }: Place, limits: Limits): string {
  const rooms = [limits.depth, limits.kindsDepth, limits.textsDepth].map((limit) => limit - depth);
  return `\n${rooms.join()},${limits.small}`;
}

/** Whether no limit on depth made a difference. */
function isWithin({ deepest }: Made, { depth }: Place, limits: Limits): boolean {
  const isAbove = (reached: number, limit: number) => reached <= limit - depth;
  return (
    deepest.parts < limits.depth - depth &&
    isAbove(deepest.kinds, limits.kindsDepth) &&
    isAbove(deepest.texts, limits.textsDepth)
  );
}

/** Whether the same references are inlined, and what was shortened has the same name. */
function isSame(
  { label, shortened, single, deepest }: Made,
  place: Place,
  { mentionedOnce }: Limits,
): boolean {
  if (deepest.inlined + place.inlined >= INLINE_DEPTH) return false;
  if (shortened.length > 0 && label !== place.label) return false;
  return mentionedOnce === undefined || !single.some((pointer) => mentionedOnce.has(pointer));
}
