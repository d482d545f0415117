import type { JsonObject } from '../json.js';
import type { Problem } from '../errors.js';

export type { Json, JsonObject } from '../json.js';

/** An OpenAPI document that is ready to plan from. */
export interface Document {
  /** Where it was read from, as the user wrote it: a path or a URL, the latter without a user name and password. */
  readonly source: string;
  /** The overlays that were applied to it, in order, as the user wrote them. */
  readonly overlays: readonly string[];
  /**
   * SHA-256, in hex, of the content of the document and of every file it refers to; formatting and order do not matter.
   */
  readonly hash: string;
  /**
   * OpenAPI 3.1, whatever the version of the input was. Every `$ref` that resolves is internal (`#/…`), has no
   * percent-encoding and passes through no other `$ref`; one that does not resolve is left unchanged and named in a
   * warning. Nothing is dereferenced, so recursion is preserved. Every object or list of the specification has that
   * type; in all other respects the document may be as irregular as the input, and the plan has to handle that.
   */
  readonly openapi: JsonObject;
  /** The absolute URL it was fetched from, after redirects: what relative server URLs are resolved against. */
  readonly url?: string;
  /** What was repaired or dropped on the way in. */
  readonly warnings: readonly Problem[];
}

/** Options for reading a document. */
export interface LoadOptions {
  /** Sent to the origin of the document itself and to no other, wherever redirects or `$ref`s lead. */
  readonly headers?: Readonly<Record<string, string>>;
  /** OpenAPI Overlay documents, paths or URLs, applied in this order. */
  readonly overlays?: readonly string[];
  /**
   * Those of the document and its overlays that come from a lock and not from the caller. They are guarded like
   * `$ref`s, and no headers are sent to them.
   */
  readonly unnamed?: readonly string[];
  /** Lets `$ref`s and redirects lead to addresses of this machine and of private networks. */
  readonly allowPrivate?: boolean;
  /** Aborts loading; `load` then throws its reason. */
  readonly signal?: AbortSignal;
  /** Called with one short line for each document that is read. */
  readonly onProgress?: (message: string) => void;
}

/** Called with each problem that does not stop the run. */
export type Report = (problem: Problem) => void;
