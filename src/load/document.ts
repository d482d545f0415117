import type { Problem } from '../errors.js';

export type Json = string | number | boolean | null | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

/** An OpenAPI document that is ready to plan from. */
export interface Document {
  /** Where it was read from, as the user wrote it: a path or a URL. */
  readonly source: string;
  /** SHA-256 of the bytes of the document and of every file it refers to, in lower-case hex. */
  readonly hash: string;
  /**
   * OpenAPI 3.1, whatever the input's version was. Every `$ref` is internal (`#/…`) and resolves. Nothing is
   * dereferenced, so recursion is still there. Security schemes, paths and operations may otherwise be as odd
   * as the input was; the plan copes.
   */
  readonly openapi: JsonObject;
  /** The absolute URL it was fetched from: what relative server URLs are resolved against. */
  readonly url?: string;
  /** What was repaired or dropped on the way in. */
  readonly warnings: readonly Problem[];
}
