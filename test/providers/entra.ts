import {
  changed,
  otherApi,
  resource,
  times,
  type Provider,
  type Site,
  type Token,
} from './provider.js';
import { recorded } from './pages.js';

const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const api = '6e74172b-be56-4843-9ff4-e66a39bb12e3';
const client = '75dbe77f-10a3-4e59-85fd-8c127544f17c';
const user = 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ';
const object = '690222be-ff1a-4d56-abd1-7e4f7d38e474';
const kid = 'i6lGk3FZzxRcUb2C3nEQ7syHJlY';
const kidV1 = 'jS1Xo1OWDj_52vbwGNgvQO2VzMc';

const values = {
  TENANT_ID: tenant,
  APPLICATION_ID: api,
  OTHER_TENANT_ID: 'fa15d692-e9c7-4460-a743-29f295222229',
};

const issuer2 = ({ origin }: Site) => `${origin}/${tenant}/v2.0`;
const issuer1 = `https://sts.windows.net/${tenant}/`;

/**
 * Only the documents of OpenID Connect, appended; version 1 has separate ones, including the keys. Keys name no
 * algorithm: https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-tokens
 */
function documents(site: Site) {
  const { origin, key } = site;
  const keyOf = (id: string) => ({ ...key, use: 'sig', kid: id, x5t: id, x5c: [] });
  const endpoints = (version: string) => ({
    authorization_endpoint: `${origin}/${tenant}/oauth2${version}/authorize`,
    token_endpoint: `${origin}/${tenant}/oauth2${version}/token`,
    jwks_uri: `${origin}/${tenant}/discovery${version}/keys`,
    id_token_signing_alg_values_supported: ['RS256'],
  });
  return {
    [`/${tenant}/v2.0/.well-known/openid-configuration`]: {
      issuer: issuer2(site),
      ...endpoints('/v2.0'),
    },
    [`/${tenant}/.well-known/openid-configuration`]: { issuer: issuer1, ...endpoints('') },
    // The keys of all tenants.
    '/organizations/discovery/v2.0/keys': { keys: [keyOf(kid)] },
    [`/${tenant}/discovery/v2.0/keys`]: { keys: [{ ...keyOf(kid), issuer: issuer2(site) }] },
    [`/${tenant}/discovery/keys`]: { keys: [keyOf(kid), keyOf(kidV1)] },
  };
}

const tokenV2 = recorded('entra-id', 0, values);
/** `aud` is the GUID because of `use_guid`. */
const tokenV1 = recorded('entra-id', 1, values);

/** Without a hash when it comes from /token: https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference */
export function entraIdToken(site: Site, audience = client): Token {
  const claims = {
    aud: audience,
    iss: issuer2(site),
    ...times(site),
    nbf: site.now,
    name: 'Alice',
    nonce: '678910',
    oid: object,
    preferred_username: 'alice@contoso.com',
    rh: '0.ARoAv4j5',
    sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
    tid: tenant,
    uti: 'fqiBqXLPj0eQa82S-IYFAA',
    ver: '2.0',
  };
  return { header: { typ: 'JWT', alg: 'RS256', kid }, claims };
}

const readV2 = (site: Site) => tokenV2(site, ['notes.read']);
const otherTenant = values.OTHER_TENANT_ID;

const entra = {
  page: 'entra-id',
  values,
  documents,
  // Requested with the Application ID URI as a prefix, granted without it.
  asks: {
    first: `${resource}/notes.read`,
    more: `${resource}/notes.read ${resource}/notes.write`,
  },
  caller: { subject: user, client },
};

export const entraV2: Provider = {
  ...entra,
  name: 'Microsoft Entra ID, version 2',
  blocks: [0],
  token: 0,
  refused: {
    'an ID token': { token: (site) => entraIdToken(site), reason: 'claim aud' },
    'an ID token of the implicit flow whose audience fits': {
      token: (site) => changed(entraIdToken(site, api), { at_hash: 'KzNkMT2uXpGzMmEc0yVQvA' }),
      reason: 'an ID token',
    },
    'an ID token whose audience fits': {
      token: (site) => entraIdToken(site, api),
      reason: 'an ID token',
    },
    'an ID token whose audience fits, with an app role': {
      token: (site) => changed(entraIdToken(site, api), { roles: ['notes.read'] }),
      reason: 'an ID token',
    },
    // Entra signs for all tenants with the same keys: only the issuer distinguishes them.
    'a token of another tenant': {
      token: (site) =>
        changed(readV2(site), { iss: `${site.origin}/${otherTenant}/v2.0`, tid: otherTenant }),
      reason: 'claim iss',
    },
    'a version 1 token': {
      token: (site) => tokenV1(site, ['notes.read']),
      reason: 'unknown key',
    },
    'a version 1 token of a key that both versions have': {
      token: (site) => {
        const { header, claims } = tokenV1(site, ['notes.read']);
        return { header: { ...header, kid }, claims };
      },
      reason: 'claim iss',
    },
    'a token for another API': {
      token: (site) => changed(readV2(site), { aud: '02223b6b-aa1d-42d4-9ec0-1b2bb9194438' }),
      reason: 'claim aud',
    },
    'a token for Microsoft Graph': {
      token: (site) => changed(readV2(site), { aud: '00000003-0000-0000-c000-000000000000' }),
      reason: 'claim aud',
    },
    'a token with the Application ID URI as its audience': {
      token: (site) => changed(readV2(site), { aud: resource }),
      reason: 'claim aud',
    },
    // RFC 7800, which Entra calls proof of possession.
    'a bound token': {
      token: (site) => changed(readV2(site), { cnf: { kid: 'x' } }),
      reason: 'sender-constrained',
    },
  },
};

export const entraV1: Provider = {
  ...entra,
  name: 'Microsoft Entra ID, version 1',
  blocks: [0, 1],
  token: 1,
  refused: {
    'a version 2 token': { token: readV2, reason: 'claim iss' },
    'an ID token whose audience fits': {
      token: (site) => changed(tokenV1(site, []), { appid: undefined, scp: undefined }),
      reason: 'an ID token',
    },
    'a token of another tenant': {
      token: (site) =>
        changed(tokenV1(site, ['notes.read']), { iss: `https://sts.windows.net/${otherTenant}/` }),
      reason: 'claim iss',
    },
    'a token for another API': {
      token: (site) => changed(tokenV1(site, ['notes.read']), { aud: otherApi }),
      reason: 'claim aud',
    },
  },
};

export const entraTenants: readonly Provider[] = [
  { ...entraV2, name: 'Microsoft Entra ID, several tenants', blocks: [0, 2], refused: {} },
  {
    ...entraV2,
    name: 'Microsoft Entra ID, organizations',
    blocks: [0, 3],
    refused: {
      'a token of a tenant that is not listed': {
        token: (site) =>
          changed(readV2(site), {
            iss: `${site.origin}/11111111-2222-3333-4444-555555555555/v2.0`,
          }),
        reason: 'claim iss',
      },
    },
  },
];
