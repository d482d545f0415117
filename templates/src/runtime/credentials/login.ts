import { isObject } from '../api.js';
import type { OAuthClient } from '../client.js';
import { parseJson } from '../http.js';
import { unlessAborted, type HttpClient } from '../outgoing.js';
import { exclusively, ownFolder, readText, writePrivately } from '../platform.js';
import { CredentialsError } from './choose.js';
import type { UpstreamCredentials } from './settings.js';
import { MARGIN_MS, requestToken, type TokenSource } from './tokens.js';

/** The file in the project folder that keeps a user's sign-in to the API. Only its owner can read it. */
export const LOGIN_FILE = '.credentials.json';

/** A sign-in that `openapi-to-mcp login` saved, and that this server keeps up to date. */
export interface Login {
  readonly tokenUrl: string;
  readonly client: OAuthClient;
  /** The API's own URL, if the authorization request named it (RFC 8707). */
  readonly resource?: string;
  readonly accessToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Absent if the user has to sign in again when the access token has expired. */
  readonly refreshToken?: string;
  /** Where tokens are revoked (RFC 7009). */
  readonly revocationUrl?: string;
}

/** The tokens of the user who signed in with `openapi-to-mcp login`; undefined if other tokens are used. */
export function createLoginSource(
  { credentials }: { readonly credentials: UpstreamCredentials },
  http: HttpClient,
): TokenSource | undefined {
  if (credentials.tokens?.kind !== 'login') return undefined;
  const refused = new Set<string>();
  const isGood = ({ accessToken, expiresAt }: Login): boolean =>
    !refused.has(accessToken) && expiresAt - MARGIN_MS > Date.now();
  // Another process may have renewed it in the meantime and used up the refresh token.
  const renew = async (): Promise<Login> =>
    exclusively(LOGIN_FILE, async () => {
      const login = readLogin();
      return isGood(login) ? login : refresh(login, http);
    });
  let renewal: Promise<Login> | undefined;
  return {
    async token({ signal }) {
      const login = readLogin();
      if (isGood(login)) return login.accessToken;
      renewal ??= renew().finally(() => (renewal = undefined));
      return (await unlessAborted(renewal, signal)).accessToken;
    },
    renew: (token) => Boolean(refused.add(token)),
  };
}

/** Codes for a refresh token or client that is no longer valid (RFC 6749 section 5.2). */
const ENDED = ['invalid_grant', 'invalid_client', 'unauthorized_client'];

/** Gets a new access token; the refresh token may be replaced as well (RFC 9700 section 4.14.2). */
async function refresh(login: Login, http: HttpClient): Promise<Login> {
  const { tokenUrl: url, client, resource, refreshToken } = login;
  if (refreshToken === undefined) throw signInAgain('has expired', 'expired');
  const parameters = {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    ...(resource !== undefined && { resource }),
  };
  const grant = { url, client, parameters };
  const { value, ...rest } = await requestToken(http, grant).catch((error: unknown) => {
    const code = error instanceof CredentialsError ? (error.code ?? '') : '';
    if (ENDED.some((ended) => code.startsWith(ended))) throw signInAgain('has ended', code);
    throw error;
  });
  const renewed = { ...login, accessToken: value, ...rest };
  writePrivately(LOGIN_FILE, formatLogin(renewed));
  return renewed;
}

/** The content of the file. */
export function formatLogin(login: Login): string {
  return `${JSON.stringify(login, null, 2)}\n`;
}

/** The current sign-in. @throws CredentialsError */
function readLogin(): Login {
  let text: string;
  try {
    text = readText(LOGIN_FILE);
  } catch {
    throw signInAgain('is missing', 'not_signed_in');
  }
  const login = parseLogin(text);
  if (login === undefined) throw signInAgain('cannot be read', 'broken_login');
  return login;
}

/** Parses a sign-in; undefined if the text is not one. */
export function parseLogin(text: string): Login | undefined {
  const value = parseJson(text);
  if (!isObject(value) || !isObject(value['client'])) return undefined;
  const { tokenUrl, accessToken, expiresAt, client, refreshToken } = value;
  const { id, authentication } = client;
  const isText = [tokenUrl, accessToken, id].every((one) => typeof one === 'string');
  const mayRenew = ['string', 'undefined'].includes(typeof refreshToken);
  const isWhole = isText && mayRenew && isObject(authentication) && Number.isFinite(expiresAt);
  return isWhole ? (value as unknown as Login) : undefined;
}

/** The remedy addresses the user, because this is the user's own machine. */
function signInAgain(what: string, code: string): CredentialsError {
  return new CredentialsError(
    `This tool was not called: the sign-in to the API ${what}. The user of this server must run: ` +
      `openapi-to-mcp login ${JSON.stringify(ownFolder())}`,
    code,
  );
}
