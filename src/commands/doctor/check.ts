/** The result of one check. */
export interface Check {
  readonly id: CheckId;
  readonly status: Status;
  /** The finding, as a sentence. */
  readonly found: string;
  /** What to change. */
  readonly remedy?: string | undefined;
  /** Nothing responded, so the check says nothing about the server. */
  readonly unreachable?: true;
}

/** `skip`: not checked, for the reason in `found`. */
type Status = 'pass' | 'warn' | 'fail' | 'skip';

/** All checks, with their names in the table. */
export const titles = {
  https: 'https',
  metadata: 'metadata',
  issuer: 'issuer',
  'authorization-code': 'authorization code',
  refresh: 'refresh tokens',
  pkce: 'PKCE with S256',
  keys: 'keys',
  algorithms: 'algorithms',
  'client-metadata': 'client ID documents',
  registration: 'registration',
  iss: 'iss in the response',
  scopes: 'scopes',
  resource: 'resource',
  'token-form': 'token: form',
  'token-signature': 'token: signature',
  'token-issuer': 'token: iss',
  'token-audience': 'token: aud',
  'token-time': 'token: exp, nbf, iat',
  'token-kind': 'token: kind',
  'token-scopes': 'token: scopes',
  'server-challenge': 'server: challenge',
  'server-metadata': 'server: metadata',
  'server-resource': 'server: resource',
  'server-issuer': 'server: issuer',
  'server-cors': 'server: CORS',
  'server-eras': 'server: protocol eras',
  'other-issuers': 'other issuers',
} as const;

export type CheckId = keyof typeof titles;

export function pass(id: CheckId, found: string): Check {
  return { id, status: 'pass', found };
}

export function skip(id: CheckId, found: string, remedy?: string): Check {
  return { id, status: 'skip', found, remedy };
}

export function warn(id: CheckId, found: string, remedy: string): Check {
  return { id, status: 'warn', found, remedy };
}

export function fail(id: CheckId, found: string, remedy: string): Check {
  return { id, status: 'fail', found, remedy };
}
