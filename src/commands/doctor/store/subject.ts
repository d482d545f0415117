import type { SeenTool } from '../../../net/mcp-session.js';
import type { Check } from '../check.js';

export type Json = Readonly<Record<string, unknown>>;

/** What is known of a server that is to be published. An absent member was not found out, and its rules are not checked. */
export interface Subject {
  /** All tools that clients are shown. */
  readonly tools?: readonly SeenTool[];
  /** Empty: the server has none. */
  readonly instructions?: string;
  /** The request behind each tool, by the tool's name; only a project knows them. */
  readonly requests?: ReadonlyMap<string, { readonly method: string; readonly path: string }>;
  /** Where clients connect. */
  readonly url?: URL;
  /** The names of the extensions that it announces. */
  readonly extensions?: readonly string[];
  /** Whether anybody may call it without a token. */
  readonly isOpen?: boolean;
  /** The longest result, in characters. */
  readonly resultCap?: number;
  readonly running?: Running;
  readonly authorization?: Authorization;
  /** The `server.json` of the project. */
  readonly entry?: Json;
}

/** What a running server showed. */
export interface Running {
  /** Milliseconds until its first answer; absent: there was none. */
  readonly firstAnswer?: number;
  /** Why there was no answer, for example a certificate that is not trusted. */
  readonly problem?: string;
  /** How it challenges callers without a token, and where its metadata is. */
  readonly checks: readonly Check[];
  /** What a call of a tool that does not exist came to; absent: it could not be made. */
  readonly unknownTool?: { readonly status: number; readonly body: Json };
}

/** What its authorization server showed. */
export interface Authorization {
  readonly issuer: string;
  /** Absent: no place has it. */
  readonly metadata?: Json;
  /** What came of a registration with the host's redirect URIs; absent: not tried. */
  readonly redirects?: Redirects;
  /** What came of an assertion that nobody can trust; absent: not tried. */
  readonly assertion?: Assertion;
}

/** `unread`: another refusal came first. `fault`: in half a sentence, what the authorization server did instead of refusing it. */
export type Assertion =
  { readonly result: 'refused' } | { readonly result: 'unread' | 'wrong'; readonly fault: string };

/** Whether redirect URIs are accepted, and in half a sentence why not. */
export type Redirects =
  | { readonly accepted: true; readonly how: string }
  | { readonly accepted: false; readonly fault: string };

/** A member of a tool that is a text. */
export function textOf(holder: Json, name: string): string | undefined {
  const value = holder[name];
  return typeof value === 'string' ? value : undefined;
}
