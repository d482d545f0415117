import { isObject } from '../api.js';
import type { Caller } from '../caller.js';
import type { OAuthSettings } from './settings.js';

/** The claims of a token: the payload of a JWT, or an introspection response. */
export type Claims = Readonly<Record<string, unknown>>;

/** Some serializers write null or an empty string where others omit the member. */
export function present<T extends object>(members: T): T {
  const isSet = ([, value]: [string, unknown]) => value !== null && value !== '';
  return Object.fromEntries(Object.entries(members).filter(isSet)) as T;
}

/** The holder that a token names, as far as known. */
export type Identity = Pick<Caller, 'subject' | 'client'>;

/** Determines who holds an access token. */
export interface Verifier {
  /**
   * `network` is where the request came from (`networkOf`); introspections of unknown tokens are limited per network. A
   * verifier that calls another one passes it on; without it only the total is limited.
   *
   * @throws InvalidToken, TooManyTokens, or ProviderUnavailable if the provider cannot be asked at the moment.
   */
  verify(token: string, options?: { readonly network?: string }): Promise<Caller>;
  /** Whether tokens can be verified right now. */
  ready(): Promise<boolean>;
}

/** The token must not be accepted. The message is for the log, never for the caller. */
export class InvalidToken extends Error {
  override readonly name = 'InvalidToken';
  /** Known if the signature was valid and only the claims were not. */
  readonly holder: Identity;
  /** Whether the signature was valid. */
  readonly isSigned: boolean;

  constructor(message: string, holder?: Identity) {
    super(message);
    this.holder = holder ?? {};
    this.isSigned = holder !== undefined;
  }
}

/**
 * The authorization server cannot be used right now. This is not the caller's fault, so never a 401. After a 400 the
 * `cause` is its `error` (RFC 6749 section 5.2).
 */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
  /** Seconds, if known. */
  readonly retryAfter: number | undefined;

  constructor(message: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(message, options);
    this.retryAfter = options.retryAfter;
  }
}

/** The network has sent more unknown tokens in a minute than are introspected. */
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
 * Why a token is not meant for this server, or undefined. A claim other than `aud` (Cognito's `client_id`) is
 * checked in addition to `aud`, which shows if a token is for another resource (RFC 8725 section 3.9).
 */
export function audienceFault(claims: Claims, { audiences, audienceClaim }: OAuthSettings) {
  // A string or an array with an exact member (RFC 7519 section 4.1.3); anything else names no audience.
  const isNamed = (claim: unknown) => stringsIn(claim).some((one) => audiences.includes(one));
  const { aud, [audienceClaim]: named } = claims;
  if (!isNamed(named)) return `claim ${audienceClaim}: ${shown(named)} is not this server`;
  return isNobody(aud) || isNamed(aud) ? undefined : `claim aud: ${shown(aud)} is another server`;
}

/** For the operator, to compare with the settings: a mismatch is the most common reason why nothing works. */
export function shown(claim: unknown): string {
  return claim === undefined ? 'nothing' : JSON.stringify(claim).slice(0, 200);
}

/** Whether an audience is missing, or empty in one of the ways that providers write it (Ory Hydra, Kinde). */
export function isNobody(aud: unknown): boolean {
  return [aud].flat().every((member) => member === undefined || member === null || member === '');
}

function stringsIn(claim: unknown): string[] {
  return [claim].flat().filter((member) => typeof member === 'string');
}

/** Why a token is refused: it is for another server, or not an access token. Undefined if it is accepted. */
export function tokenFault(claims: Claims, settings: OAuthSettings): string | undefined {
  return audienceFault(claims, settings) ?? issuedFault(claims, settings) ?? kindFault(claims);
}

/** Why a token cannot have been issued yet; `exp` and `nbf` are checked with the signature. */
export function issuedFault({ iat }: Claims, { clockTolerance }: OAuthSettings) {
  const isLater = typeof iat === 'number' && iat > Date.now() / 1000 + clockTolerance;
  return isLater ? 'claim iat: in the future' : undefined;
}

/** Other token types are for other purposes (RFC 8725 section 3.11). */
export function typeFault(typ: unknown, { requireAtJwt }: OAuthSettings): string | undefined {
  // The prefix may be left out (RFC 7515 section 4.1.9).
  const type = lower(typ).replace(/^application\//, '');
  if (type === 'at+jwt') return undefined;
  if (!requireAtJwt && (typ === undefined || type === 'jwt')) return undefined;
  return `typ: ${shown(typ)} is not at+jwt${requireAtJwt ? '' : ' or JWT'}`;
}

/** Why a token is not an access token that its bearer may use (RFC 8725 section 3.11), by its claims. */
export function kindFault(claims: Claims): string | undefined {
  const given = present(claims);
  const { cnf } = claims;
  const { token_use: use, typ, token_type: type, at_hash: atHash, c_hash: cHash, events } = given;
  // Cognito's spelling, and the one of Ory Hydra's introspection.
  if (use !== undefined && use !== 'access' && use !== 'access_token')
    return 'token_use is not access';
  const isOther = (kind: unknown) => /^(id|refresh|logout|offline)(_token)?$/.test(lower(kind));
  if (isOther(typ)) return 'typ (Keycloak) is not Bearer';
  if (isOther(type)) return `token_type is not Bearer: ${shown(type)}`;
  if (atHash !== undefined || cHash !== undefined || isEntraIdToken(given)) return 'an ID token';
  // RFC 8417 section 2.2. Logout tokens are such events, and often have the type JWT.
  if (isObject(events)) return 'a security event, such as a logout';
  // RFC 7800: bound to a key, and this server does not check proof of possession (RFC 8705, RFC 9449).
  return cnf === undefined ? undefined : 'sender-constrained';
}

/**
 * Entra ID's ID tokens have the same issuer, the same audience (when this server's registration signs people in) and no
 * `at_hash`; but only access tokens name the client (Microsoft identity platform, token claims references). Those of
 * Azure AD B2C name a policy instead of a tenant (Azure AD B2C, overview of tokens).
 */
function isEntraIdToken({ tid, ver, tfp, acr, azp, appid }: Claims): boolean {
  const isB2c = typeof tfp === 'string' || lower(acr).startsWith('b2c_1');
  const entra = (typeof tid === 'string' || isB2c) && (ver === '1.0' || ver === '2.0');
  return entra && azp === undefined && appid === undefined;
}

/** Lower case; empty for anything but a string, and therefore not a known type. */
export function lower(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}

/** RFC 9068 section 2.2, and what Keycloak, Okta and Entra ID call the client. */
export function holderIn({ sub, client_id: id, azp, cid, appid }: Claims): Identity {
  const client = [id, azp, cid, appid].find((value) => typeof value === 'string');
  return { subject: typeof sub === 'string' ? sub : undefined, client };
}

/** The holder of a token with these claims; `expiresAt` is in seconds since the epoch. */
export function callerOf(claims: Claims, expiresAt: number, settings: OAuthSettings): Caller {
  const scopes = settings.scopeClaims.flatMap((claim) => readScopes(claimAt(claims, claim)));
  return { ...holderIn(claims), scopes, expiresAt, audiences: stringsIn(claims['aud']) };
}

/** A claim by its name, or by the path to it: Keycloak's roles are in `realm_access.roles`. */
function claimAt(claims: unknown, name: string): unknown {
  if (!isObject(claims)) return undefined;
  if (Object.hasOwn(claims, name)) return claims[name];
  // The longest name first, since names may have dots of their own.
  const end = [...name.matchAll(/\./g)].map(({ index }) => index);
  const found = end.findLast((index) => Object.hasOwn(claims, name.slice(0, index)));
  return found && claimAt(claims[name.slice(0, found)], name.slice(found + 1));
}

/** Scopes from a claim: a space-separated string or an array of strings; anything else has none. */
export function readScopes(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((scope) => scope !== '');
  return Array.isArray(claim) && claim.every((item) => typeof item === 'string') ? claim : [];
}
