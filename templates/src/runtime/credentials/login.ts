import { isObject } from '../api.js';
import type { OAuthClient } from '../client.js';
import type { HttpClient } from '../outgoing.js';
import { exclusively, ownFolder, readText, writePrivately } from '../platform.js';
import { CredentialsError } from './choose.js';
import type { UpstreamCredentials } from './settings.js';
import { MARGIN_MS, requestToken, unlessAborted, type TokenSource } from './tokens.js';

/** Where a user's sign-in to the API is kept, in the folder of the project. Only its owner can read it. */
export const LOGIN_FILE = '.credentials.json';

/** What `openapi-to-mcp login` leaves behind, and this server keeps up to date. */
export interface Login {
  readonly tokenUrl: string;
  readonly client: OAuthClient;
  /** The API's own URL, where the authorization request named it (RFC 8707). */
  readonly resource?: string;
  readonly accessToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Absent: the user signs in again when the access token has expired. */
  readonly refreshToken?: string;
  /** Where tokens are revoked (RFC 7009). */
  readonly revocationUrl?: string;
}

/** The tokens of the user who signed in with `openapi-to-mcp login`; undefined where others are used. */
export function createLoginSource(
  { credentials }: { readonly credentials: UpstreamCredentials },
  http: HttpClient,
): TokenSource | undefined {
  if (credentials.tokens?.kind !== 'login') return undefined;
  const refused = new Set<string>();
  const isGood = ({ accessToken, expiresAt }: Login): boolean =>
    !refused.has(accessToken) && expiresAt - MARGIN_MS > Date.now();
  // Another process may have renewed it meanwhile, and used up the refresh token.
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

/** Codes for a refresh token or a client that does not count any more (RFC 6749 section 5.2). */
const ENDED = ['invalid_grant', 'invalid_client', 'unauthorized_client'];

/** A new access token; the refresh token may be replaced by another (RFC 9700 section 4.14.2). */
async function refresh(login: Login, http: HttpClient): Promise<Login> {
  const { tokenUrl: url, client, resource, refreshToken } = login;
  if (refreshToken === undefined) throw signInAgain('has expired', 'expired');
  const parameters = {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    ...(resource !== undefined && { resource }),
  };
  const token = await requestToken(http, { url, client, parameters }).catch((error: unknown) => {
    const code = error instanceof CredentialsError ? (error.code ?? '') : '';
    if (ENDED.some((ended) => code.startsWith(ended))) throw signInAgain('has ended', code);
    throw error;
  });
  const { value: accessToken, expiresAt } = token;
  const renewed = {
    ...login,
    accessToken,
    expiresAt,
    refreshToken: token.refreshToken ?? refreshToken,
  };
  writePrivately(LOGIN_FILE, formatLogin(renewed));
  return renewed;
}

/** The file's text. */
export function formatLogin(login: Login): string {
  return `${JSON.stringify(login, null, 2)}\n`;
}

/** The sign-in as it is now. @throws CredentialsError */
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

/** Undefined when a text is not a sign-in. */
export function parseLogin(text: string): Login | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || !isObject(value['client'])) return undefined;
    const { tokenUrl, accessToken, expiresAt, client, refreshToken } = value;
    const { id, authentication } = client;
    const isText = [tokenUrl, accessToken, id].every((one) => typeof one === 'string');
    const mayRenew = ['string', 'undefined'].includes(typeof refreshToken);
    const isWhole = isText && mayRenew && isObject(authentication) && Number.isFinite(expiresAt);
    return isWhole ? (value as unknown as Login) : undefined;
  } catch {
    return undefined;
  }
}

/** The remedy is for the user, whose machine this is. */
function signInAgain(what: string, code: string): CredentialsError {
  return new CredentialsError(
    `This tool was not called: the sign-in to the API ${what}. The user of this server must run: ` +
      `openapi-to-mcp login ${JSON.stringify(ownFolder())}`,
    code,
  );
}
