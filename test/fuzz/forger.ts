import { exportJWK, exportSPKI, generateKeyPair, importJWK, type CryptoKey } from 'jose';
import type { StaticIssuer } from '../support/tokens.js';
import type { Choice, Forgery, Recipe } from './tokens.js';

type Values = Record<string, unknown>;

/** Makes the tokens of recipes; it also has foreign keys. */
export async function createForger(issuer: StaticIssuer) {
  const stranger = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(stranger.publicKey);
  const [published] = (issuer.documents.get(issuer.paths.jwks) as { keys: Values[] }).keys;
  const pem = await exportSPKI((await importJWK(published ?? {}, 'ES256')) as CryptoKey);
  const secret = new TextEncoder().encode(pem);
  return async ({ claims, header: own, forgery: how }: Recipe): Promise<string> => {
    const payload = valuesOf(claims);
    const sign = (more: Values = {}, key?: CryptoKey | Uint8Array) =>
      issuer.sign(payload, { ...valuesOf(own), ...more }, key);
    const otherwise: Partial<Record<Forgery, () => Promise<string>>> = {
      'valid without kid': () => sign({ kid: undefined }),
      stranger: () => sign({}, stranger.privateKey),
      'embedded key': () => sign({ jwk }, stranger.privateKey),
      'public key as secret': () => sign({ alg: 'HS256' }, secret),
      'unknown kid': () => sign({ kid: crypto.randomUUID() }, stranger.privateKey),
    };
    return otherwise[how]?.() ?? tamper(await sign(), how);
  };
}

function tamper(token: string, how: Forgery): string {
  const [head = '', payload = '', signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const flipped = Buffer.from(bytes.map((byte, index) => (index === 20 ? byte ^ 1 : byte)));
  const results: Partial<Record<Forgery, string>> = {
    none: `${encode({ alg: 'none' })}.${payload}.`,
    None: `${encode({ ...decode(head), alg: 'None' })}.${payload}.${signature}`,
    'changed claim': `${head}.${encode({ ...decode(payload), x: crypto.randomUUID() })}.${signature}`,
    'changed header': `${encode({ ...decode(head), x: 2 })}.${payload}.${signature}`,
    'no signature': `${head}.${payload}.`,
    cut: `${head}.${payload}.${signature.slice(0, -10)}`,
    flipped: `${head}.${payload}.${flipped.toString('base64url')}`,
    encrypted: `${head}.${payload}.${signature}.${payload}.${signature}`,
    'DER signature': `${head}.${payload}.${Buffer.concat([Buffer.from([0x30, 0x44, 2, 32]), bytes]).toString('base64url')}`,
    'zero signature': `${head}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
  };
  return results[how] ?? token;
}

function valuesOf(choices: Readonly<Record<string, Choice>>): Values {
  return Object.fromEntries(Object.entries(choices).map(([name, { value }]) => [name, value]));
}

function encode(value: Values): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Values {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Values;
}
