import type { RecordedFlags } from './flags.js';

/** The lock's path in a project. */
export const lockPath = 'openapi-to-mcp.lock';

/** The version of the form below. Version 2 recorded `--allow-private` as well. */
export const lockVersion = 3;

/** How a project was made. It arrives in pull requests, so nothing in it is known to be true. */
export interface Lock {
  /** The version of its form: this one, or an earlier one that is still read. */
  readonly version: number;
  /** The version of the generator: `x.y.z`. */
  readonly generator: string;
  readonly source: {
    /** The document as seen from the project, or its URL. */
    readonly location: string;
    /** SHA-256 of the content of the document, in hex. */
    readonly hash: string;
    /** SHA-256 of the invisible characters of its texts and where they are, in hex; absent: there were none. */
    readonly hidden?: string;
  };
  /** The options of the run, which repeat it; paths are as seen from the project. */
  readonly flags: RecordedFlags & { readonly url: string };
  /** SHA-256 of each generated file, by path, which shows manual edits; the lock is not among them. */
  readonly files: ReadonlyMap<string, string>;
}
