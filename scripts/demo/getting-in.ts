import { extractWWWAuthenticateParams } from '@modelcontextprotocol/client';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Stage } from './stage.js';
import { check, present, step } from './step.js';
import { askedToAuthorize, type Visitor } from './visitor.js';

type Setting = Pick<Stage, 'authorization' | 'resource'>;

/** From nothing but a URL to an access token: what every MCP client does by itself. */
export async function getIn(visitor: Visitor, { authorization, resource }: Setting): Promise<void> {
  const { issuer } = authorization;
  const { memory } = visitor;
  let metadataUrl = '';
  let registrationUrl = '';
  let response = new URLSearchParams();

  await step('challenge', 'POST /mcp without a token', async () => {
    await askedToAuthorize(visitor.connect());
    const { headers, status } = await visitor.last('POST', resource, 401);
    const challenge = extractWWWAuthenticateParams(new Response(null, { status, headers }));
    check('error (no token was presented, so no error is reported)', challenge.error, undefined);
    check('scope', challenge.scope, 'todo.read');
    metadataUrl = present('resource_metadata', challenge.resourceMetadataUrl).href;
    return 'POST /mcp without a token → 401, Bearer scope="todo.read", resource_metadata="…"';
  });
  await step('metadata', `GET ${metadataUrl}`, async () => {
    const { json, url } = await visitor.last('GET', metadataUrl, 200);
    check('resource', json.resource, resource);
    check('authorization_servers', json.authorization_servers, [issuer]);
    return `GET ${url.pathname} → ask ${issuer}`;
  });
  await step('discovery', `GET ${issuer}`, async () => {
    const path = '/.well-known/oauth-authorization-server';
    const { json } = await visitor.last('GET', issuer + path, 200);
    check('issuer', json.issuer, issuer);
    check('code_challenge_methods_supported', json.code_challenge_methods_supported, ['S256']);
    registrationUrl = String(json.registration_endpoint);
    return `GET ${path} → registration, PKCE with S256`;
  });
  await step('registration', `POST ${registrationUrl}`, async () => {
    const { json, url } = await visitor.last('POST', registrationUrl, 201);
    check('client_id', json.client_id, memory.clientInformation()?.client_id);
    check('client_secret', json.client_secret, undefined);
    return `POST ${url.pathname} → 201, client ${String(json.client_id).slice(0, 8)}…, public: no secret`;
  });
  await step('authorization', 'the user consents', async () => {
    const { pathname, searchParams } = present('The authorization URL', memory.authorizationUrl);
    check('code_challenge_method', searchParams.get('code_challenge_method'), 'S256');
    check('resource', searchParams.get('resource'), resource);
    response = await visitor.agree();
    check('iss', response.get('iss'), issuer);
    const { user, scopes } = present('The consent', authorization.consents.at(-1));
    // The client also requests refresh tokens, if they are offered.
    check('The granted scopes', scopes, ['todo.read', 'offline_access']);
    const port = new URL(resource).port;
    return `GET ${pathname}, PKCE, resource=http://127.0.0.1:${port}/mcp → ${user} allows ${scopes.join(' ')}`;
  });
  await step('token', 'POST /token', async () => {
    await visitor.redeem(response);
    const { sent, url } = await visitor.last('POST', `${issuer}/token`, 200);
    check('resource', sent.get('resource'), resource);
    const token = memory.tokens()?.access_token ?? '';
    const { aud, scope, sub } = decodeJwt(token);
    check('aud', aud, resource);
    check('scope', scope, 'todo.read');
    const { typ } = decodeProtectedHeader(token);
    return `POST ${url.pathname} → ${String(typ)}: sub=${String(sub)}, scope=todo.read, aud=${resource}`;
  });
}
