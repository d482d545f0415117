/** A fault put into the runtime, which some case must catch. */
export interface Mutation {
  /** What no longer holds. */
  readonly name: string;
  /** Below `src/runtime` of the generated server. */
  readonly file: string;
  /** Each text is in the file exactly once, and is replaced by the other. */
  readonly edits: readonly (readonly [from: string, to: string])[];
  /** The second of two guards of one thing, in another file: either alone would do. */
  readonly also?: Pick<Mutation, 'file' | 'edits'>;
  /** The subject whose cases are tried first. */
  readonly group: string;
}

export function mutation(
  group: string,
  file: string,
  name: string,
  ...edits: Mutation['edits']
): Mutation {
  return { group, file, name, edits };
}
