import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { listen } from './http.js';
import { register, secret } from './secrets.js';

type Claims = Record<string, unknown>;

export interface StaticIssuerOptions {
  /** The path of the issuer URL, for providers that have one: `/realms/todo`. */
  readonly path?: string;
  /** Default `aud` of tokens. */
  readonly audience?: string;
}

interface TokenAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** An issuer without a login: it publishes documents, and signs any token for a test. */
export interface StaticIssuer {
  readonly issuer: string;
  /** The paths of the documents. */
  readonly paths: {
    readonly oauth: string;
    readonly openid: string;
    readonly jwks: string;
    readonly introspection: string;
    readonly token: string;
  };
  /** The served documents, by path: a test may change, add and delete them. */
  readonly documents: Map<string, unknown>;
  /** `error` answers 503, `reset` drops the connection, `hang` never answers. */
  outage: 'none' | 'error' | 'reset' | 'hang';
  /** The introspection response to send instead. */
  introspectionFailure?: { readonly status: number; readonly error: string };
  /** The response of the token endpoint, for APIs whose tokens this issuer issues; absent: there is no endpoint. */
  answerTokenRequest?: (form: URLSearchParams) => TokenAnswer | Promise<TokenAnswer>;
  /** Every request is redirected to this URL. */
  redirectTo?: string;
  /** Issues an opaque token, for which introspection returns these claims (RFC 7662) and the default ones. */
  issue(claims?: Claims, token?: string): string;
  /** The variables `OAUTH_*` with which a server introspects opaque tokens. */
  readonly introspectionClient: Readonly<Record<string, string>>;
  /** How often a path was requested, including during an outage. */
  fetched(path: string): number;
  /**
   * Signs a token that is valid for a minute, unless the claims and header differ; `undefined` omits a claim or a
   * header.
   */
  sign(claims?: Claims, header?: Claims, key?: CryptoKey | Uint8Array): Promise<string>;
  /** Signs with a new key from now on; the old one is withdrawn unless `keep` is set. */
  rotate(options?: { keep?: boolean }): Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts an issuer with RFC 8414 and OpenID Connect metadata and a key set of one ephemeral ES256 key. */
export async function startStaticIssuer({
  path = '',
  audience = 'http://localhost:3000/mcp',
}: StaticIssuerOptions = {}): Promise<StaticIssuer> {
  const documents = new Map<string, unknown>();
  const counts = new Map<string, number>();
  const keySet: { keys: JWK[] } = { keys: [] };
  const opaque = new Map<string, Claims>();
  const introspectionClient = {
    OAUTH_TOKEN_FORMAT: 'opaque',
    OAUTH_CLIENT_ID: 'resource server',
    OAUTH_CLIENT_SECRET: register('secret of the introspection client', `s%${crypto.randomUUID()}`),
  };
  let current = await newKey();
  const { url, close } = await listen((request, response) => {
    const asked = request.url ?? '';
    counts.set(asked, (counts.get(asked) ?? 0) + 1);
    if (self.outage === 'hang') return;
    if (self.outage === 'reset') {
      request.socket.destroy();
      return;
    }
    if (self.redirectTo !== undefined) {
      response.writeHead(302, { Location: self.redirectTo }).end();
      return;
    }
    if (asked === paths.introspection && self.introspectionFailure !== undefined) {
      const { status, error } = self.introspectionFailure;
      response.writeHead(status).end(JSON.stringify({ error }));
      return;
    }
    if (self.outage === 'none' && asked === paths.introspection && !documents.has(asked)) {
      void introspect(request, response, opaque, introspectionClient);
      return;
    }
    if (self.outage === 'none' && asked === paths.token && self.answerTokenRequest !== undefined) {
      void answerForm(request, response, self.answerTokenRequest);
      return;
    }
    const document = self.outage === 'none' ? documents.get(asked) : undefined;
    const status = self.outage === 'error' ? 503 : document === undefined ? 404 : 200;
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(document ?? { error: status }));
  });
  const issuer = url + path;
  const paths = {
    oauth: `/.well-known/oauth-authorization-server${path}`,
    openid: `${path}/.well-known/openid-configuration`,
    jwks: `${path}/jwks`,
    introspection: `${path}/introspect`,
    token: `${path}/token`,
  };
  const metadata = {
    issuer,
    jwks_uri: url + paths.jwks,
    introspection_endpoint: url + paths.introspection,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: url + paths.token,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
  };
  keySet.keys.push(current.jwk);
  documents.set(paths.oauth, metadata).set(paths.openid, metadata).set(paths.jwks, keySet);
  const self: StaticIssuer = {
    issuer,
    paths,
    documents,
    outage: 'none',
    close,
    introspectionClient,
    issue(claims, token = secret('opaque access token')) {
      opaque.set(token, { active: true, ...usualClaims(issuer, audience), ...claims });
      return token;
    },
    fetched: (asked) => counts.get(asked) ?? 0,
    async sign(claims, header, key = current.privateKey) {
      const usual = { typ: 'at+jwt', alg: 'ES256', kid: current.jwk.kid };
      const all = { ...usualClaims(issuer, audience), ...claims };
      return register('access token', await signToken(all, { ...usual, ...header }, key));
    },
    async rotate({ keep = false } = {}) {
      current = await newKey();
      keySet.keys = [current.jwk, ...(keep ? keySet.keys : [])];
    },
  };
  return self;
}

/** Responds to a resource server that authenticates itself (RFC 7662 section 2). */
async function introspect(
  request: IncomingMessage,
  response: ServerResponse,
  tokens: ReadonlyMap<string, Claims>,
  { OAUTH_CLIENT_ID = '', OAUTH_CLIENT_SECRET = '' }: Readonly<Record<string, string>>,
): Promise<void> {
  const pair = [OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET].map((part) =>
    encodeURIComponent(part).replaceAll('%20', '+'),
  );
  const expected = `Basic ${Buffer.from(pair.join(':')).toString('base64')}`;
  const known = request.method === 'POST' && request.headers.authorization === expected;
  const form = new URLSearchParams(await text(request));
  const claims = tokens.get(form.get('token') ?? '') ?? { active: false };
  response.writeHead(known ? 200 : 401, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(known ? claims : { error: 'invalid_client' }));
}

async function answerForm(
  request: IncomingMessage,
  response: ServerResponse,
  answer: NonNullable<StaticIssuer['answerTokenRequest']>,
): Promise<void> {
  const { status, body } = await answer(new URLSearchParams(await text(request)));
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function usualClaims(iss: string, aud: string): Claims {
  const iat = Math.floor(Date.now() / 1000);
  const times = { iat, exp: iat + 60, jti: crypto.randomUUID() };
  return { iss, aud, sub: 'alice', client_id: 'test-client', scope: '', ...times };
}

async function newKey(): Promise<{ privateKey: CryptoKey; jwk: JWK }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const kid = crypto.randomUUID();
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

function signToken(claims: Claims, header: Claims, key: CryptoKey | Uint8Array): Promise<string> {
  // jose refuses to sign an unknown critical header, but the test needs exactly such a token.
  const critical = Array.isArray(header.crit) ? header.crit : [];
  const crit = Object.fromEntries(critical.map((name: unknown) => [String(name), true]));
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...header }).sign(key, { crit });
}
