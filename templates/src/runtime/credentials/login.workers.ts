import type { TokenSource } from './tokens.js';

/** A Worker has no files, and no user who could sign in: its settings refuse `UPSTREAM_AUTH=login`. */
export function createLoginSource(_settings: unknown, _http: unknown): TokenSource | undefined {
  return undefined;
}
