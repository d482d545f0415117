import type { JsonObject } from '../../../json.js';
import type { SeenTool } from '../../../net/mcp-session.js';
import type { Check } from '../check.js';

/** What is known about a server to publish. Rules about an absent member are not checked. */
export interface Subject {
  /** All tools that clients see. */
  readonly tools?: readonly SeenTool[];
  /** Empty if the server has none. */
  readonly instructions?: string;
  /** The request behind each tool, by the tool's name; only a project knows them. */
  readonly requests?: ReadonlyMap<string, { readonly method: string; readonly path: string }>;
  /** Where clients connect. */
  readonly url?: URL;
  /** The names of the extensions that it announces. */
  readonly extensions?: readonly string[];
  /** Whether callers need no token. */
  readonly isOpen?: boolean;
  /** The longest result, in characters. */
  readonly resultCap?: number;
  readonly running?: Running;
  readonly authorization?: Authorization;
  /** The `server.json` of the project. */
  readonly entry?: JsonObject;
}

/** Observations of a running server. */
export interface Running {
  /** Milliseconds until its first response; absent if there was none. */
  readonly firstAnswer?: number;
  /** Why there was no response, for example an untrusted certificate. */
  readonly problem?: string;
  /** How it challenges callers without a token, and where its metadata is. */
  readonly checks: readonly Check[];
  /** The response to a call of a tool that does not exist; absent if the call was impossible. */
  readonly unknownTool?: { readonly status: number; readonly body: JsonObject };
}

/** Observations of its authorization server. */
export interface Authorization {
  readonly issuer: string;
  /** Absent if no URL has it. */
  readonly metadata?: JsonObject;
  /** The outcome of a registration with the host's redirect URIs; absent if not tried. */
  readonly redirects?: Redirects;
  /** The outcome of an untrustworthy assertion; absent if not tried. */
  readonly assertion?: Assertion;
}

/** An authorization server whose metadata was found. */
export type Published = Authorization & { readonly metadata: JsonObject };

/**
 * `unread`: it was refused for another reason first. `fault`: half a sentence on what the server did instead of
 * refusing it.
 */
export type Assertion =
  { readonly result: 'refused' } | { readonly result: 'unread' | 'wrong'; readonly fault: string };

/** Whether redirect URIs are accepted, and if not, the reason as half a sentence. */
export type Redirects =
  | { readonly accepted: true; readonly how: string }
  | { readonly accepted: false; readonly fault: string };
