/** Bounds on the cost of a document, which is untrusted. */
export interface Limits {
  /** Bytes of a document and of everything it refers to, together. */
  readonly bytes: number;
  /** Milliseconds for each document. */
  readonly time: number;
  /** Milliseconds for all of them. */
  readonly wholeTime: number;
  readonly redirects: number;
  readonly files: number;
}

/** Enough for every known real document; GitHub's has 12 MB, Microsoft Graph's 30 MB. */
export const limits: Limits = {
  bytes: 64 * 1024 * 1024,
  time: 30_000,
  wholeTime: 300_000,
  redirects: 5,
  files: 10_000,
};

/** Nesting depth; real documents stay below 60, and recursion to a depth of 256 fits any stack. */
export const maxDepth = 256;

/** Parts that replace a reference, because there is no section of components for their kind. */
export const maxInlined = 50_000;

/** Values that YAML aliases or overlapping references may add to a document by repeating parts of it. */
export const maxRepeated = 2_000_000;
