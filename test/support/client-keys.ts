import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JWK } from 'jose';

/** A key with which a client signs assertions. */
export interface ClientKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As it is registered at the authorization server. */
  readonly jwk: JWK;
  /** The private half, PKCS #8. */
  readonly pem: string;
}

/** A new key; `kid`, if given, is part of the registered key. */
export function createClientKey(alg: 'ES256' | 'RS256' | 'EdDSA', kid?: string): ClientKey {
  const { privateKey, publicKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : alg === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
  const jwk = publicKey.export({ format: 'jwk' }) as JWK;
  return {
    privateKey,
    publicKey,
    jwk: { ...jwk, use: 'sig', ...(kid !== undefined && { kid }) },
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

/** Files that are deleted together. */
export class TemporaryFiles {
  readonly #folder = mkdtempSync(join(tmpdir(), 'openapi-to-mcp-keys-'));
  #count = 0;

  /** The path of the file. */
  add(text: string): string {
    this.#count += 1;
    const path = join(this.#folder, `${this.#count}.pem`);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
