import type { Caller } from '../caller.js';
import type { OAuthSettings } from './settings.js';

/** The claims of a token: the payload of a JWT, or what introspection reports of it. */
export type Claims = Readonly<Record<string, unknown>>;

/** Whom a token names, as far as that is known. */
export type Identity = Pick<Caller, 'subject' | 'client'>;

/** Finds out who holds an access token. */
export interface Verifier {
  /**
   * `network` is where the request came from (`networkOf`): it limits the questions to the authorization server about
   * unknown tokens. A verifier that calls another one passes it on; without it only the total is limited.
   *
   * @throws InvalidToken, TooManyTokens, or ProviderUnavailable when the provider cannot be asked at the moment.
   */
  verify(token: string, options?: { readonly network?: string }): Promise<Caller>;
  /** Whether tokens can be verified right now. */
  ready(): Promise<boolean>;
}

/** The token is not to be accepted. The message is for the log, never for the caller. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken';
  /** Known when the signature was right and only the claims were not. */
  readonly holder: Identity;

  constructor(message: string, holder: Identity = {}) {
    super(message);
    this.holder = holder;
  }
}

/**
 * The authorization server cannot be used right now; not the caller's fault, so never a 401. After a 400 the `cause` is
 * its `error` (RFC 6749 section 5.2).
 */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
  /** Seconds, when it is known how long. */
  readonly retryAfter: number | undefined;

  constructor(message: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(message, options);
    this.retryAfter = options.retryAfter;
  }
}

/** The network has sent more unknown tokens in a minute than the authorization server is asked about. */
export class TooManyTokens extends Error {
  override readonly name = 'TooManyTokens';
  /** Seconds, at least 1. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super('too many unknown tokens');
    this.retryAfter = retryAfter;
  }
}

/**
 * Why a token is not meant for this server, or undefined. Another claim than `aud` (Cognito's `client_id`) is
 * looked at on top of `aud`: a token for somebody else's resource says so there (RFC 8725 section 3.9).
 */
function audienceFault(claims: Claims, { audiences, audienceClaim }: OAuthSettings) {
  // A string or an array with an exact member (RFC 7519 section 4.1.3); anything else names no audience.
  const isNamed = (claim: unknown) => membersOf(claim).some((one) => audiences.includes(one));
  const { aud, [audienceClaim]: named } = claims;
  if (!isNamed(named)) return `claim ${audienceClaim}: ${shown(named)} is not this server`;
  return isNobody(aud) || isNamed(aud) ? undefined : `claim aud: ${shown(aud)} is another server`;
}

// The operator compares it with the settings: that the two differ is the commonest reason why nothing works.
function shown(claim: unknown): string {
  return claim === undefined ? 'nothing' : JSON.stringify(claim).slice(0, 200);
}

/** Whether an audience names nobody: left out, or empty in one of the ways that providers write it (Ory Hydra, Kinde). */
export function isNobody(aud: unknown): boolean {
  return [aud].flat().every((member) => member === undefined || member === null || member === '');
}

function membersOf(claim: unknown): string[] {
  return [claim].flat().filter((member) => typeof member === 'string');
}

/** Why this server does not accept a token, as one for another server or not an access token; undefined when it does. */
export function tokenFault(claims: Claims, settings: OAuthSettings): string | undefined {
  const wrong = audienceFault(claims, settings);
  if (wrong !== undefined) return wrong;
  const { iat, token_use: use, typ, at_hash: atHash, c_hash: cHash, cnf } = claims;
  if (typeof iat === 'number' && iat > Date.now() / 1000 + settings.clockTolerance)
    return 'claim iat: in the future';
  // Cognito's spelling, and the one of Ory Hydra's introspection.
  if (use !== undefined && use !== 'access' && use !== 'access_token')
    return 'token_use is not access';
  if (['id', 'refresh', 'logout', 'offline'].includes(lower(typ)))
    return 'typ (Keycloak) is not Bearer';
  if (atHash !== undefined || cHash !== undefined || isEntraIdToken(claims)) return 'an ID token';
  // RFC 7800: bound to a key whose possession is not proved here (RFC 8705, RFC 9449).
  return cnf === undefined ? undefined : 'sender-constrained';
}

/**
 * Entra ID's ID tokens have the same issuer, the same audience (when this server's registration signs people in) and no
 * `at_hash`; but only access tokens name the client (Microsoft identity platform, token claims references).
 */
function isEntraIdToken({ tid, ver, azp, appid }: Claims): boolean {
  const entra = typeof tid === 'string' && (ver === '1.0' || ver === '2.0');
  return entra && azp === undefined && appid === undefined;
}

/** Lower case; empty for anything but a string, and so not a known type of anything. */
export function lower(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}

/** RFC 9068 section 2.2, and what Keycloak, Okta and Entra ID call the client. */
export function holderOf({ sub, client_id: id, azp, cid, appid }: Claims): Identity {
  const client = [id, azp, cid, appid].find((value) => typeof value === 'string');
  return {
    ...(typeof sub === 'string' && { subject: sub }),
    ...(client !== undefined && { client }),
  };
}

/** Who holds a token with these claims, given when it ends (seconds since the epoch). */
export function callerOf(claims: Claims, expiresAt: number, settings: OAuthSettings): Caller {
  const scopes = settings.scopeClaims.flatMap((claim) => readScopes(claims[claim]));
  return { ...holderOf(claims), scopes, expiresAt, audiences: membersOf(claims['aud']) };
}

/** Scopes from a claim: a space-separated string or an array of strings; anything else is none. */
export function readScopes(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((scope) => scope !== '');
  return Array.isArray(claim) && claim.every((item) => typeof item === 'string') ? claim : [];
}
