import { generateKeyPair, SignJWT } from 'jose';
import type { JsonObject } from '../../../json.js';
import { faultOf, send, type Answer } from '../../../net/post.js';
import type { Fetch } from '../../../net/reach.js';
import { listIn, textIn } from '../../../net/metadata.js';
import type { Assertion } from './subject.js';

/** The profile that announces support (draft-ietf-oauth-identity-assertion-authz-grant-03, section 7). */
export const ID_JAG_PROFILE = 'urn:ietf:params:oauth:grant-profile:id-jag';

/** The grant type of assertions (RFC 7523 section 2.1). */
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

interface Attempt {
  readonly issuer: string;
  readonly metadata: JsonObject;
  readonly fetch: Fetch;
  readonly clientId: string | undefined;
}

/**
 * Presents an assertion that no authorization server can trust: its issuer has a name that cannot exist (RFC 2606
 * section 2), and its key is not published. Undefined if assertions are not announced.
 */
export async function tryAssertion(attempt: Attempt): Promise<Assertion | undefined> {
  const { issuer, metadata, fetch, clientId = 'openapi-to-mcp-doctor' } = attempt;
  const endpoint = textIn(metadata, 'token_endpoint');
  const isAnnounced = listIn(metadata, 'authorization_grant_profiles_supported');
  if (endpoint === undefined || isAnnounced?.includes(ID_JAG_PROFILE) !== true) return undefined;
  const body = new URLSearchParams({
    grant_type: JWT_BEARER,
    client_id: clientId,
    assertion: await strangeAssertion(issuer, clientId),
  });
  return judge(await send(fetch, endpoint, { method: 'POST', body }));
}

async function strangeAssertion(audience: string, clientId: string): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256');
  return new SignJWT({ client_id: clientId, scope: 'openid' })
    .setProtectedHeader({ alg: 'ES256', typ: 'oauth-id-jag+jwt', kid: 'doctor' })
    .setIssuer('https://identity-provider.invalid')
    .setSubject('doctor')
    .setAudience(audience)
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .setExpirationTime('5 minutes')
    .sign(privateKey);
}

/** Clients are authenticated before assertions are read (RFC 6749 section 5.2). */
function judge(answer: Answer): Assertion {
  const { status, body } = answer;
  const error = textIn(body, 'error');
  if (textIn(body, 'access_token') !== undefined)
    return { result: 'wrong', fault: 'it issued a token' };
  if (error === 'invalid_grant') return { result: 'refused' };
  const isUnread = status === 0 || error === 'invalid_client' || error === 'unauthorized_client';
  return { result: isUnread ? 'unread' : 'wrong', fault: faultOf(answer) };
}
