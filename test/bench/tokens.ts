import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JSONWebKeySet } from 'jose';

/** Whose tokens the calls of a scenario bring. */
export type Callers = 'one token' | '1,000 callers' | 'new tokens';

/** A key of the authorization server, and its public half as the key set that is served. */
export interface SigningKey {
  readonly keySet: JSONWebKeySet;
  readonly privateKey: CryptoKey;
}

/** Signed before anything is measured. */
export interface Wallet {
  /** The token of the call with an index. A new token is new to every process that was started since. */
  tokenOf(callers: Callers, index: number): string;
}

export interface WalletOptions {
  readonly key: SigningKey;
  readonly issuer: string;
  readonly audience: string;
  /** What the calls of all scenarios need. */
  readonly scope: string;
  /** How many calls may bring a token that no call before brought. */
  readonly newTokens: number;
}

const KEY_ID = 'bench';
const CALLERS = 1000;

/** RS256 with 2,048 bits: what most providers sign with. */
export async function createKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: KEY_ID, alg: 'RS256', use: 'sig' };
  return { privateKey, keySet: { keys: [jwk] } };
}

/** Signs the tokens of all scenarios; each is valid for a day. */
export async function createWallet(options: WalletOptions): Promise<Wallet> {
  const sign = (index: number) => signToken(options, `caller-${index % CALLERS}`);
  const callers = await each(CALLERS, sign);
  const fresh = await each(options.newTokens, sign);
  return {
    tokenOf(kind, index) {
      if (kind === 'new tokens') return present(fresh[index]);
      return present(callers[kind === 'one token' ? 0 : index % CALLERS]);
    },
  };
}

function signToken({ key, issuer, audience, scope }: WalletOptions, subject: string) {
  return new SignJWT({ client_id: 'bench', scope, jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'RS256', kid: KEY_ID, typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime('24h')
    .sign(key.privateKey);
}

async function each<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}

function present(token: string | undefined): string {
  if (token === undefined) throw new Error('More calls were made than new tokens were signed for.');
  return token;
}
