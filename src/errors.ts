/** A problem with the input that the user can fix. */
export interface Problem {
  /** Stable and upper case, for example `UNRESOLVED_REF`. */
  readonly code: string;
  /** One sentence: the problem. */
  readonly message: string;
  /**
   * The place: a JSON pointer into the document (`#/paths/~1pets/get`), a file or URL with one, or a flag (`--url`).
   */
  readonly place?: string;
  /** One sentence: the remedy. */
  readonly remedy?: string;
}

/**
 * The input, the options or the environment are wrong. Carries every problem found, at least one; the command
 * line prints them without a stack and exits with 2. Any other exception is a defect of this program.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[]) {
    const list = 'code' in problems ? [problems] : problems;
    super(list.map((problem) => `${problem.code}: ${problem.message}`).join('\n'));
    this.problems = list;
  }
}

/** The code of an error from Node or the operating system (`ENOENT`), if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { readonly code?: string | number };
  return code?.toString();
}
