/** One file of a generated project. */
export interface OutputFile {
  /** Relative to the project's root, with forward slashes, without `.` or `..` segments. */
  readonly path: string;
  readonly content: string;
  /** `generated` files are rewritten on every run; `yours` are written once and then belong to the user. */
  readonly owner: 'generated' | 'yours';
}
