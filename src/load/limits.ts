/** Bounds on what a document, which is untrusted, can cost. */
export interface Limits {
  /** Bytes of a document and of all it refers to, together. */
  readonly bytes: number;
  /** Milliseconds for each document. */
  readonly time: number;
  readonly redirects: number;
  readonly files: number;
}

/** What is enough for every real document that is known; GitHub's and Microsoft Graph's have 12 and 30 MB. */
export const limits: Limits = {
  bytes: 64 * 1024 * 1024,
  time: 30_000,
  redirects: 5,
  files: 10_000,
};

/** Levels of nesting; real documents stay below 60, and recursion over 256 levels fits any stack. */
export const maxDepth = 256;

/** Parts that are put in the place of references, as what has no section of components must be. */
export const maxInlined = 50_000;

/** Values that YAML aliases or overlapping references may make of a document by repeating parts of it. */
export const maxRepeated = 2_000_000;
