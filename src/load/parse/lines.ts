/** Returns line and column of an offset, both counted from 1, as `12:3`. */
export type LineOf = (offset: number) => string;

/** Builds the index of a text's lines. */
export function lineIndex(text: string): LineOf {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= startsOf(text);
    const line = lastAtMost(starts, offset);
    return `${line + 1}:${offset - (starts[line] ?? 0) + 1}`;
  };
}

function startsOf(text: string): number[] {
  return [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
}

function lastAtMost(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
