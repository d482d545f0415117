import type { RecordedFlags } from '../recorded-flags.js';

/** The lock's path in a project. */
export const lockPath = 'openapi-to-mcp.lock';

/** The version of the form below. Version 2 recorded `--allow-private` as well. */
export const lockVersion = 3;

/** What a project says of where it came from. It arrives in pull requests, so nothing in it is known to be true. */
export interface Lock {
  /** The version of its form: this one, or an earlier one that is still read. */
  readonly version: number;
  /** The version of the generator: `x.y.z`. */
  readonly generator: string;
  readonly source: {
    /** The document as seen from the project, or its URL. */
    readonly location: string;
    /** SHA-256 of what the document says, in hex. */
    readonly hash: string;
  };
  /** SHA-256 of each generated file, by path; the lock is not among them. */
  readonly files: ReadonlyMap<string, string>;
  readonly run: LockedRun;
}

/** The run that made a project. */
export interface LockedRun {
  /** Paths are as seen from the project. */
  readonly flags: RecordedFlags & { readonly url: string };
  readonly tools: ReadonlyMap<string, LockedTool>;
  /** About how many tokens a model pays to have the tools listed. */
  readonly tokens: number;
  /** How many warnings of each code the plan had, beside those of the document itself. */
  readonly warnings: ReadonlyMap<string, number>;
  /** See `seal.ts`. */
  readonly seal: string;
}

/** What a reviewer wants to know of a tool. */
export interface LockedTool {
  /** Method and path: `GET /pets/{petId}`. */
  readonly operation: string;
  /** Any token is enough without an alternative, or without OAuth. */
  readonly scopes: readonly (readonly string[])[];
  readonly annotations: Readonly<Record<string, boolean>>;
}
