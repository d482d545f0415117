/** A browser's part in an authorization request: cookies and redirects, without the browser. */

/** The cookies of one browser, for one server. */
export class CookieJar {
  readonly #cookies = new Map<string, { value: string; path: string }>();

  /** The `Cookie` header for a request to `url`. */
  header(url: URL): string {
    return [...this.#cookies]
      .filter(([, { path }]) => url.pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }

  /** Applies the cookies that a response sets and deletes. */
  store(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(name.length + 1);
      const path = attributes.find((part) => /^path=/i.test(part))?.slice(5) ?? '/';
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, { value, path });
    }
  }
}

export interface AuthorizationOptions {
  /** The user who logs in; sent as `login_hint`. */
  readonly login?: string;
  /** Reusing a jar continues the same browser session: the user stays logged in. */
  readonly jar?: CookieJar;
}

/** The response of the authorization server to the client through the browser (RFC 6749 section 4.1.2, RFC 9207). */
export interface AuthorizationResponse {
  readonly code: string;
  readonly iss?: string;
  readonly state?: string;
  readonly params: URLSearchParams;
}

/**
 * Follows an authorization request until the browser is sent back to the client's redirect URI. Pages with a form are
 * filled in and accepted.
 */
export async function completeAuthorization(
  authorizationUrl: string | URL,
  { login, jar = new CookieJar() }: AuthorizationOptions = {},
): Promise<AuthorizationResponse> {
  let url = new URL(authorizationUrl);
  const redirectUri = url.searchParams.get('redirect_uri') ?? 'missing redirect_uri';
  if (login !== undefined) url.searchParams.set('login_hint', login);
  let form: URLSearchParams | undefined;
  for (let hop = 0; hop < 20; hop += 1) {
    const headers = { cookie: jar.header(url) };
    const sent = form && { method: 'POST', body: form };
    const response = await fetch(url, { headers, redirect: 'manual', ...sent });
    jar.store(response);
    const location = response.headers.get('location');
    if (location === null) {
      const page = await response.text();
      form = form === undefined ? fillIn(page, login) : undefined;
      if (form !== undefined) continue;
      throw new Error(`Authorization ended at ${url.pathname}: ${page}`);
    }
    form = undefined;
    url = new URL(location, url);
    if (url.href.startsWith(redirectUri)) return responseOf(url.searchParams);
  }
  throw new Error('Authorization never came back to the client');
}

/** The form values that a user submits on the pages of src/dev; undefined: there is no form. */
function fillIn(page: string, login = 'alice'): URLSearchParams | undefined {
  if (!page.includes('<form method="post">')) return undefined;
  return page.includes('name="user"')
    ? new URLSearchParams({ user: login, action: 'login' })
    : new URLSearchParams({ action: 'allow' });
}

function responseOf(params: URLSearchParams): AuthorizationResponse {
  const code = params.get('code');
  if (code === null) {
    throw new Error(
      `Authorization failed: ${params.get('error') ?? 'no code'} (${params.get('error_description') ?? ''})`,
    );
  }
  return {
    code,
    iss: params.get('iss') ?? undefined,
    state: params.get('state') ?? undefined,
    params,
  };
}
