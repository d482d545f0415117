import type { JsonObject } from '../json.js';
import type { Problem } from '../errors.js';

export type { Json, JsonObject } from '../json.js';

/** An OpenAPI document that is ready to plan from. */
export interface Document {
  /** Where it was read from, as the user wrote it: a path or a URL, the latter without a user name and password. */
  readonly source: string;
  /** The overlays that were applied to it, in their order, as the user wrote them. */
  readonly overlays: readonly string[];
  /** SHA-256 of what the document and every file it refers to say, whatever their formatting and order; in hex. */
  readonly hash: string;
  /**
   * OpenAPI 3.1, whatever the input's version was. Every `$ref` that resolves is internal (`#/…`), is written
   * without percent-encoding and passes through no other `$ref`; one that does not resolve is left as it was and
   * named in a warning. Nothing is dereferenced, so recursion is still there. What the specification says is an
   * object or a list is one; otherwise the document may be as odd as the input was, and the plan copes.
   */
  readonly openapi: JsonObject;
  /** The absolute URL it was fetched from, after redirects: what relative server URLs are resolved against. */
  readonly url?: string;
  /** What was repaired or dropped on the way in. */
  readonly warnings: readonly Problem[];
}

/** What may be said about reading a document. */
export interface LoadOptions {
  /** Sent to the origin of the document itself, and to no other, whatever redirects or `$ref`s lead there. */
  readonly headers?: Readonly<Record<string, string>>;
  /** OpenAPI Overlay documents, paths or URLs, that are applied in their order. */
  readonly overlays?: readonly string[];
  /**
   * Of the document and its overlays, those that a lock names and not the caller: they are guarded as `$ref`s are, and
   * are sent no headers.
   */
  readonly unnamed?: readonly string[];
  /** Lets `$ref`s and redirects lead to addresses of this machine and of private networks. */
  readonly allowPrivate?: boolean;
  /** Ends the loading; its reason is what `load` then throws. */
  readonly signal?: AbortSignal;
  /** Hears one short line for each document that is read. */
  readonly onProgress?: (message: string) => void;
}

/** Takes a problem that does not stop the run. */
export type Report = (problem: Problem) => void;
