import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** The text of a file that the operator names. @throws Error with a `code` when it cannot be read. */
export function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

/** Takes a certificate and its key as a TLS connection would. @throws Error when it would not. */
export function acceptPair(pair: { readonly cert: string; readonly key: string }): void {
  createSecureContext(pair);
}
