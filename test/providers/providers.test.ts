import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isNumbered, variables } from '../../templates/src/runtime/variables.js';
import { challengeOf, toolCall } from '../support/server.js';
import { auth0Cases } from './auth0.js';
import { authkitCases } from './authkit.js';
import { cognitoCases } from './cognito.js';
import { entraTenants, entraV1, entraV2 } from './entra.js';
import { keycloakCases } from './keycloak.js';
import { oidcProviderCases } from './oidc-provider.js';
import { otherCases } from './others.js';
import { oktaCases } from './okta.js';
import { changed, otherApi, resource, type Provider } from './provider.js';
import { issued, readPages } from './pages.js';
import { startTenant, type Tenant } from './tenant.js';
import { zitadelJwt, zitadelOpaque } from './zitadel.js';

const providers: readonly Provider[] = [
  ...auth0Cases,
  ...oktaCases,
  ...keycloakCases,
  entraV2,
  entraV1,
  ...entraTenants,
  ...cognitoCases,
  ...authkitCases,
  zitadelJwt,
  zitadelOpaque,
  ...oidcProviderCases,
  ...otherCases,
];

describe.each(providers)('$name', (provider) => {
  let tenant: Tenant;
  // If the page prefers a tool error: the challenge that it would be otherwise.
  beforeAll(
    async () => (tenant = await startTenant(provider, () => ({ MCP_SCOPE_ERRORS: 'http' }))),
  );
  afterAll(() => tenant.close());

  it('is where clients are sent, with scopes in its spelling', async () => {
    const response = await tenant.server.post(toolCall('read'));
    expect(response.status).toBe(401);
    const { scope, resource_metadata: at = '' } = challengeOf(response) ?? {};
    expect(scope).toBe(provider.asks.first);
    expect(at).toBe('https://mcp.example.com/.well-known/oauth-protected-resource/mcp');
    const metadata = await fetch(new URL(new URL(at).pathname, tenant.server.url));
    expect(await metadata.json()).toMatchObject({
      resource,
      authorization_servers: tenant.variables['OAUTH_AUTHORIZATION_SERVER']?.split(' '),
    });
  });

  it('lets a user call the granted tools', async () => {
    const token = issued(provider)(tenant.site, ['notes.read']);
    const response = await tenant.call('read', token);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('read ran');
    expect(tenant.server.audit.at(-1)).toMatchObject({ event: 'tool_call', ...provider.caller });
  });

  if (provider.scopeless !== true) {
    it('is asked for scopes that were not granted', async () => {
      const before = tenant.server.calls.length;
      const token = issued(provider)(tenant.site, ['notes.read']);
      const response = await tenant.call('write', token);
      expect(response.status).toBe(403);
      expect(challengeOf(response)).toMatchObject({
        error: 'insufficient_scope',
        scope: provider.asks.more,
      });
      expect(tenant.server.calls).toHaveLength(before);
      const more = issued(provider)(tenant.site, ['notes.read', 'notes.write']);
      expect((await tenant.call('write', more)).status).toBe(200);
    });

    it('cannot be used with only its OpenID Connect scopes', async () => {
      const response = await tenant.call('read', issued(provider)(tenant.site, []));
      expect(response.status).toBe(403);
    });
  }

  it('cannot be used with a token for another server', async () => {
    const claims = { aud: otherApi, client_id: 'other', azp: 'other' };
    const token = changed(issued(provider)(tenant.site, ['notes.read']), claims);
    expect((await tenant.call('free', token)).status).toBe(401);
    expect(String(tenant.server.audit.at(-1)?.['reason'])).toMatch(/^claim (aud|client_id): /);
  });

  it('cannot be used with a token of another issuer', async () => {
    const claims = { iss: 'https://other.example.com' };
    const token = changed(issued(provider)(tenant.site, ['notes.read']), claims);
    expect((await tenant.call('free', token)).status).toBe(401);
    expect(String(tenant.server.audit.at(-1)?.['reason'])).toMatch(/^claim iss/);
  });

  const refused = Object.entries(provider.refused);
  if (refused.length > 0)
    it.each(refused)('has %s refused', async (_name, { token, reason }) => {
      const before = tenant.server.calls.length;
      // This tool needs no scope: any valid token could call it.
      const response = await tenant.call('free', token(tenant.site));
      // An unknown key may be new: whether the token is valid is unknown until the keys are loaded again.
      if (reason === 'unknown key') expect([401, 503]).toContain(response.status);
      else expect(response.status).toBe(401);
      if (response.status === 401)
        expect(challengeOf(response)).toMatchObject({ error: 'invalid_token' });
      expect(tenant.server.calls).toHaveLength(before);
      const line = tenant.server.audit.at(-1);
      expect(String(line?.['reason'])).toContain(reason);
    });
});

describe('the pages', () => {
  it('have only blocks of variables and tokens that are tested here', () => {
    const tried = new Set(
      providers.flatMap(({ page, blocks, token }) => [
        ...blocks.map((index) => `${page}: variables ${index}`),
        `${page}: token ${token}`,
      ]),
    );
    const written = [...readPages().values()].flatMap(({ id, variables, tokens }) => [
      ...variables.map((_, index) => `${id}: variables ${index}`),
      ...tokens.map((_, index) => `${id}: token ${index}`),
    ]);
    expect(written.sort()).toEqual([...tried].sort());
  });

  it('set only existing variables', () => {
    const names = [...readPages().values()].flatMap((page) => page.variables.flatMap(Object.keys));
    expect(names.length).toBeGreaterThan(40);
    const unknown = names.filter((name) => !Object.hasOwn(variables, name) && !isNumbered(name));
    expect(unknown).toEqual([]);
  });
});
