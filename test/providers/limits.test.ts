import { afterEach, describe, expect, it } from 'vitest';
import { auth0Cases } from './auth0.js';
import { entraIdToken, entraV2 } from './entra.js';
import { issued } from './pages.js';
import { changed, type Provider } from './provider.js';
import { startTenant, type Tenant } from './tenant.js';
import { zitadelOpaque } from './zitadel.js';

// Cases that, according to the page, do not work, or not as expected.
let tenant: Tenant | undefined;
afterEach(() => tenant?.close());

async function start(...options: Parameters<typeof startTenant>): Promise<Tenant> {
  tenant = await startTenant(...options);
  return tenant;
}

const [auth0] = auth0Cases as readonly [Provider];

describe('an issuer that is not the one of the metadata', () => {
  it('is the case for Auth0’s without its slash, and the log names the value to set', async () => {
    const { site, call, server } = await start(auth0, ({ OAUTH_AUTHORIZATION_SERVER = '' }) => ({
      OAUTH_AUTHORIZATION_SERVER: OAUTH_AUTHORIZATION_SERVER.replace(/\/$/, ''),
    }));
    const response = await call('free', issued(auth0)(site, []));
    expect(response.status).toBe(503);
    expect(server.audit[0]).toMatchObject({ event: 'provider_failure' });
    expect(String(server.audit[0]?.['reason'])).toContain(
      `names the issuer "${site.origin}/", not "${site.origin}": set OAUTH_AUTHORIZATION_SERVER`,
    );
  });

  it('is the case for Entra’s metadata for all tenants', async () => {
    // https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-issuer
    const common: Provider = {
      ...entraV2,
      values: { ...entraV2.values, TENANT_ID: 'common' },
      documents: ({ origin }) => ({
        '/common/v2.0/.well-known/openid-configuration': {
          issuer: `${origin}/{tenantid}/v2.0`,
          jwks_uri: `${origin}/common/discovery/v2.0/keys`,
        },
      }),
    };
    const { site, call, server } = await start(common);
    const response = await call('free', issued(entraV2)(site, ['notes.read']));
    expect(response.status).toBe(503);
    expect(String(server.audit[0]?.['reason'])).toContain('{tenantid}');
  });
});

describe('an ID token for the registration of the server itself', () => {
  it('gives access to no tool that needs a scope', async () => {
    const { site, call, server } = await start(entraV2);
    const token = entraIdToken(site, entraV2.values['APPLICATION_ID']);
    expect((await call('read', token)).status).not.toBe(200);
    expect(server.calls).toEqual([]);
  });
});

describe('ZITADEL', () => {
  it('cannot be extended by a permission, so the tool reports that it is missing', async () => {
    const { site, call, server } = await start(zitadelOpaque);
    const response = await call('write', issued(zitadelOpaque)(site, ['notes.read']));
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(
      /^(?=.*"isError":true).*has not been granted: notes\.write/,
    );
    expect(server.calls).toEqual([]);
  });

  it('grants nothing through its asserted roles, which are an object', async () => {
    const claim = 'urn:zitadel:iam:org:project:roles';
    const { site, call } = await start(zitadelOpaque, () => ({
      OAUTH_SCOPE_CLAIM: claim,
      MCP_SCOPE_ERRORS: 'http',
    }));
    const roles = { 'notes.read': { '252855756087375358': 'acme.zitadel.cloud' } };
    const token = changed(issued(zitadelOpaque)(site, ['notes.read']), { [claim]: roles });
    expect((await call('read', token)).status).toBe(403);
  });
});
