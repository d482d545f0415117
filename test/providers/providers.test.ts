import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { variables } from '../../templates/src/runtime/variables.js';
import { challengeOf, toolCall } from '../support/server.js';
import { auth0Cases } from './auth0.js';
import { authkitCases } from './authkit.js';
import { cognitoCases } from './cognito.js';
import { entraV1, entraV2 } from './entra.js';
import { keycloakCases } from './keycloak.js';
import { oidcProviderCases } from './oidc-provider.js';
import { oktaCases } from './okta.js';
import { resource, type Provider } from './provider.js';
import { readBlocks } from './readme.js';
import { startTenant, type Tenant } from './tenant.js';
import { zitadelJwt, zitadelOpaque } from './zitadel.js';

const providers: readonly Provider[] = [
  ...auth0Cases,
  ...oktaCases,
  ...keycloakCases,
  entraV2,
  entraV1,
  ...cognitoCases,
  ...authkitCases,
  zitadelJwt,
  zitadelOpaque,
  ...oidcProviderCases,
];

describe.each(providers)('$name', (provider) => {
  let tenant: Tenant;
  // Where the README prefers an error of the tool: what the challenge would be.
  beforeAll(
    async () => (tenant = await startTenant(provider, () => ({ MCP_SCOPE_ERRORS: 'http' }))),
  );
  afterAll(() => tenant.close());

  it('is where clients are sent, for scopes as it spells them', async () => {
    const response = await tenant.server.post(toolCall('read'));
    expect(response.status).toBe(401);
    const { scope, resource_metadata: at = '' } = challengeOf(response) ?? {};
    expect(scope).toBe(provider.asks.first);
    expect(at).toBe('https://mcp.example.com/.well-known/oauth-protected-resource/mcp');
    const metadata = await fetch(new URL(new URL(at).pathname, tenant.server.url));
    expect(await metadata.json()).toMatchObject({
      resource,
      authorization_servers: [tenant.variables['OAUTH_AUTHORIZATION_SERVER']],
    });
  });

  it('lets a user call what was granted', async () => {
    const token = provider.accessToken(tenant.site, ['notes.read']);
    const response = await tenant.call('read', token);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('read ran');
    expect(tenant.server.audit.at(-1)).toMatchObject({ event: 'tool_call', ...provider.caller });
  });

  it('is asked for what was not granted', async () => {
    const before = tenant.server.calls.length;
    const token = provider.accessToken(tenant.site, ['notes.read']);
    const response = await tenant.call('write', token);
    expect(response.status).toBe(403);
    expect(challengeOf(response)).toMatchObject({
      error: 'insufficient_scope',
      scope: provider.asks.more,
    });
    expect(tenant.server.calls).toHaveLength(before);
    const more = provider.accessToken(tenant.site, ['notes.read', 'notes.write']);
    expect((await tenant.call('write', more)).status).toBe(200);
  });

  it('cannot be used with its OpenID Connect scopes only', async () => {
    const response = await tenant.call('read', provider.accessToken(tenant.site, []));
    expect(response.status).toBe(403);
  });

  const refused = Object.entries(provider.refused);
  if (refused.length > 0)
    it.each(refused)('has %s refused', async (_name, { token, reason }) => {
      const before = tenant.server.calls.length;
      // Needs no scope: whatever counts as a token at all could call it.
      const response = await tenant.call('free', token(tenant.site));
      // An unknown key may be new: whether the token is good cannot be told until the keys are loaded again.
      if (reason === 'unknown key') expect([401, 503]).toContain(response.status);
      else expect(response.status).toBe(401);
      if (response.status === 401)
        expect(challengeOf(response)).toMatchObject({ error: 'invalid_token' });
      expect(tenant.server.calls).toHaveLength(before);
      const line = tenant.server.audit.at(-1);
      expect(String(line?.['reason'])).toContain(reason);
    });
});

describe('the README', () => {
  it('has no block of variables that is not tried here', () => {
    const tried = new Set(
      providers.flatMap(({ section, blocks }) => blocks.map((index) => `${section} ${index}`)),
    );
    const written = [...readBlocks()].flatMap(([section, blocks]) =>
      blocks.map((_, index) => `${section} ${index}`),
    );
    expect(written.sort()).toEqual([...tried].sort());
  });

  it('sets variables that there are', () => {
    const names = [...readBlocks().values()].flat().flatMap(Object.keys);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !Object.hasOwn(variables, name))).toEqual([]);
  });
});
