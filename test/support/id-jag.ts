import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import type { default as Provider, ClientMetadata } from 'oidc-provider';
import { startStaticIssuer, type StaticIssuer } from './tokens.js';

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';

/** An application of an enterprise, as its identity provider knows it. */
export interface Application {
  readonly id: string;
  readonly secret: string;
  /**
   * The ID at the authorization server of the resource (draft-ietf-oauth-identity-assertion-authz-grant-03, section 5).
   */
  readonly idAtResource: string;
}

/** An enterprise's identity provider. Its users have already signed in. */
export interface IdentityProvider {
  readonly issuer: string;
  /** Users who may not use the resource, by the administrator's policy. */
  readonly denied: Set<string>;
  /** The grants that were issued. */
  readonly grants: readonly string[];
  /** The result of a sign-in for the application. */
  readonly idToken: (user: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Starts an identity provider that exchanges ID tokens for assertions (the draft, section 4.3). */
export async function startIdentityProvider(application: Application): Promise<IdentityProvider> {
  const issuer = await startStaticIssuer();
  const denied = new Set<string>();
  const grants: string[] = [];
  issuer.answerTokenRequest = async (form) => {
    const refuse = (error: string) => ({ status: 400, body: { error } });
    const fault = faultOf(form, application);
    if (fault !== undefined) return refuse(fault);
    const user = await subjectOf(issuer, form.get('subject_token') ?? '', application.id);
    if (user === undefined) return refuse('invalid_grant');
    if (denied.has(user)) return refuse('access_denied');
    const grant = await signGrant(issuer, form, { user, application });
    grants.push(grant);
    return { status: 200, body: { ...issued(grant), scope: form.get('scope') ?? '' } };
  };
  return {
    issuer: issuer.issuer,
    denied,
    grants,
    idToken: (sub) =>
      issuer.sign({ sub, aud: application.id, client_id: undefined, scope: undefined }, {}),
    close: issuer.close,
  };
}

/**
 * Section 4.3: an ID token; SAML assertions and refresh tokens are not supported here. An access token is never
 * allowed.
 */
function faultOf(form: URLSearchParams, { id, secret }: Application): string | undefined {
  if (form.get('client_id') !== id || form.get('client_secret') !== secret) return 'invalid_client';
  if (form.get('grant_type') !== TOKEN_EXCHANGE) return 'unsupported_grant_type';
  const isAsked = form.get('requested_token_type') === ID_JAG;
  return isAsked && form.get('subject_token_type') === ID_TOKEN ? undefined : 'invalid_request';
}

/** Section 4.3.3: the assertion must have been issued to the client that presents it. */
async function subjectOf(
  { issuer, documents, paths }: StaticIssuer,
  token: string,
  audience: string,
): Promise<string | undefined> {
  const { jwks_uri: jwks } = documents.get(paths.oauth) as { jwks_uri: string };
  const verified = jwtVerify(token, createRemoteJWKSet(new URL(jwks)), { issuer, audience });
  return verified.then(
    ({ payload }) => payload.sub,
    () => undefined,
  );
}

/** Section 3.1. */
function signGrant(
  issuer: StaticIssuer,
  form: URLSearchParams,
  { user, application }: { readonly user: string; readonly application: Application },
): Promise<string> {
  const claims = {
    sub: user,
    email: `${user}@example.com`,
    aud: form.get('audience'),
    resource: form.get('resource') ?? undefined,
    scope: form.get('scope') ?? undefined,
    client_id: application.idAtResource,
  };
  return issuer.sign(claims, { typ: 'oauth-id-jag+jwt' });
}

/** Section 4.3.4. */
function issued(grant: string): object {
  return { issued_token_type: ID_JAG, access_token: grant, token_type: 'N_A', expires_in: 60 };
}

/** An application as the authorization server of the resource registers it. */
export function grantee({ idAtResource, secret }: Application): ClientMetadata {
  return {
    client_id: idAtResource,
    client_secret: secret,
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: [JWT_BEARER],
    response_types: [],
    redirect_uris: [],
  };
}

interface GrantClaims extends JWTPayload {
  readonly sub: string;
  readonly client_id?: string;
  readonly resource: string;
  readonly scope?: string;
}

/**
 * Teaches a provider to issue access tokens for the assertions of an identity provider (the draft, section 4.4): for
 * the client that the assertion names, for its resource only, and without additional scopes.
 */
export async function acceptIdJag(provider: Provider, trusted: string): Promise<void> {
  const { errors } = await import('oidc-provider');
  const keys = createRemoteJWKSet(new URL(`${trusted}/jwks`));

  async function verify(assertion = ''): Promise<GrantClaims> {
    const expected = { issuer: trusted, audience: provider.issuer, typ: 'oauth-id-jag+jwt' };
    const requiredClaims = ['sub', 'jti', 'client_id', 'resource'];
    try {
      const { payload } = await jwtVerify(assertion, keys, { ...expected, requiredClaims });
      return payload as GrantClaims;
    } catch {
      throw new errors.InvalidGrant('the assertion is not good');
    }
  }

  provider.registerGrantType<{ assertion?: string; scope?: string }>(
    JWT_BEARER,
    async (context) => {
      const { client, params } = context.oidc;
      const { sub, client_id: id, resource, scope: granted = '' } = await verify(params.assertion);
      if (id !== client.clientId) throw new errors.InvalidGrant('issued to another client');
      const asked = params.scope?.split(' ');
      const scope = granted
        .split(' ')
        .filter((one) => asked?.includes(one) ?? true)
        .join(' ');
      const grant = new provider.Grant({ accountId: sub, clientId: client.clientId });
      const token = new provider.AccessToken({
        accountId: sub,
        client,
        grantId: await grant.save(),
        gty: JWT_BEARER,
        scope,
      });
      token.resourceServer = new provider.ResourceServer(resource, {
        audience: resource,
        scope,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 300,
        jwt: { sign: { alg: 'ES256' } },
      });
      const value = await token.save();
      // Section 4.4.3: no refresh token; the next access token requires a new assertion.
      context.body = {
        access_token: value,
        token_type: token.tokenType,
        expires_in: token.expiration,
        scope,
      };
    },
    ['assertion', 'scope', 'resource'],
  );
}
