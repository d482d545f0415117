import { changed, otherApi, type Provider, type Site } from './provider.js';
import { issued, tokenOn } from './pages.js';

/** OpenID Connect metadata of an issuer with or without a path, at the place that all of these use, and its keys. */
const documentsOf =
  (path: string, page: string) =>
  ({ origin, key }: Site) => {
    const issuer = origin + path;
    const base = issuer.replace(/\/$/, '');
    const { header } = tokenOn(page, 0, {});
    return {
      [`${new URL(base).pathname.replace(/\/$/, '')}/.well-known/openid-configuration`]: {
        issuer,
        jwks_uri: `${base}/jwks`,
        introspection_endpoint: `${base}/introspect`,
      },
      [`${new URL(base).pathname.replace(/\/$/, '')}/jwks`]: {
        keys: [{ ...key, use: 'sig', ...header }],
      },
    };
  };

const asks = { first: 'notes.read', more: 'notes.read notes.write' };
/** A token of a provider here, with other claims. */
const other = (provider: Provider, claims: Readonly<Record<string, unknown>>) => (site: Site) =>
  changed(issued(provider)(site, ['notes.read']), claims);

const clerkClient = 'client_2VTWUzvGC5UhdJCNx6xG1D98edc';
const clerk: Provider = {
  name: 'Clerk, with an MCP server',
  page: 'clerk',
  blocks: [0],
  token: 0,
  values: { FRONTEND_API: 'clerk.example.com', APP_CLIENT_ID: clerkClient },
  documents: documentsOf('', 'clerk'),
  asks,
  caller: { subject: 'user_2vYVtestTESTtestTESTtestTESTtest', client: clerkClient },
  refused: {},
};

const supabase: Provider = {
  name: 'Supabase',
  page: 'supabase',
  blocks: [0],
  token: 0,
  algorithm: 'ES256',
  values: { PROJECT_REF: 'abcdefghijklmnopqrst' },
  documents: documentsOf('/auth/v1', 'supabase'),
  // Permissions cannot be requested; according to the page, such a call fails as a tool.
  asks: { first: 'email', more: 'notes.write' },
  caller: {
    subject: '8ccaa7af-909f-44e7-84cb-67cdccb56be6',
    client: '9a8b7c6d-5e4f-3a2b-1c0d-9e8f7a6b5c4d',
  },
  refused: {},
};

const hydraClient = '9e1f2a64-6b1d-4d3e-8f77-2f6f3f1f6a11';
const hydra: Provider = {
  name: 'Ory Hydra, JWT',
  page: 'ory-hydra',
  blocks: [0],
  token: 0,
  values: {
    HYDRA_HOST: 'hydra.example.com',
    HYDRA_ADMIN_HOST: 'admin.example.com',
    APP_CLIENT_ID: hydraClient,
  },
  documents: documentsOf('', 'ory-hydra'),
  asks,
  caller: { subject: 'alice@example.com', client: hydraClient },
  refused: {},
};
const hydraOpaque: Provider = {
  ...hydra,
  name: 'Ory Hydra, introspection',
  blocks: [0, 1],
  token: 1,
  opaque: true,
};

const authentikClient = 'gkjs82kdbva72910ns';
const authentik: Provider = {
  name: 'Authentik',
  page: 'authentik',
  blocks: [0],
  token: 0,
  values: {
    AUTHENTIK_HOST: 'id.example.com',
    APPLICATION_SLUG: 'notes',
    APP_CLIENT_ID: authentikClient,
    OTHER_SLUG: 'other',
    OTHER_CLIENT_ID: 'other-client',
  },
  documents: documentsOf('/application/o/notes/', 'authentik'),
  asks,
  caller: {
    subject: '5a7c4b8f9e1d2c3b4a5f6e7d8c9b0a1f2e3d4c5b6a7f8e9d0c1b2a3f4e5d6c7b',
    client: authentikClient,
  },
  refused: {},
};

const dex: Provider = {
  name: 'Dex',
  page: 'dex',
  blocks: [0],
  token: 0,
  opaque: true,
  scopeless: true,
  values: { DEX_HOST: 'dex.example.com', APP_CLIENT_ID: 'claude' },
  documents: documentsOf('/dex', 'dex'),
  asks: { first: 'openid', more: '' },
  caller: { subject: 'CgVhbGljZRIFbG9jYWw', client: 'claude' },
  refused: {},
};

const descope: Provider = {
  name: 'Descope',
  page: 'descope',
  blocks: [0],
  token: 0,
  values: {
    PROJECT_ID: 'P3JLNBkECdLJGLMMD9r4Lbyq6n8p',
    MCP_SERVER_ID: 'MS3JN78uhexnrg87WRtNbBkY8v4dX',
  },
  documents: documentsOf(
    '/v1/apps/agentic/P3JLNBkECdLJGLMMD9r4Lbyq6n8p/MS3JN78uhexnrg87WRtNbBkY8v4dX',
    'descope',
  ),
  asks,
  caller: {
    subject: 'U3JLNBlFpT0qS8hKxk2oYV7sT1u',
    client: 'UDNKTE5Ca0VDZExKR0xNTUQ5cjRMYnlxNm44cDpUUEEz',
  },
  refused: {},
};

const stytch: Provider = {
  name: 'Stytch',
  page: 'stytch',
  blocks: [0],
  token: 0,
  values: { PROJECT_DOMAIN: 'login.example.com', PROJECT_ID: 'project-test-11111111' },
  documents: documentsOf('', 'stytch'),
  asks,
  caller: {
    subject: 'user-test-16d9ba61-97a1-4ba4-9720-b03761dc50c6',
    client: 'connected-app-test-d731954d-dab3-4a2b-bdee-07f3ad1be888',
  },
  refused: {},
};

const logto: Provider = {
  name: 'Logto',
  page: 'logto',
  blocks: [0],
  token: 0,
  algorithm: 'ES384',
  values: { TENANT: 'acme' },
  documents: documentsOf('/oidc', 'logto'),
  asks,
  caller: { subject: 'nk1wq2x8c4vd', client: 'lck70zxqbzr62dw39ykqh' },
  refused: {},
};

/** The tokens that are refused according to the pages. */
export const otherCases: readonly Provider[] = [
  {
    ...clerk,
    refused: {
      'a token without an audience': {
        token: other(clerk, { aud: undefined }),
        reason: 'claim aud: nothing is not this server',
      },
    },
  },
  {
    ...clerk,
    name: 'Clerk, without an MCP server',
    blocks: [0, 1],
    token: 1,
    refused: {
      'a session token, which names no client': {
        token: other(clerk, { aud: undefined, client_id: undefined, sid: 'sess_1' }),
        reason: 'claim client_id: nothing is not this server',
      },
      'a token of a client that registered itself': {
        token: other(clerk, { aud: undefined, client_id: 'client_other' }),
        reason: 'claim client_id',
      },
    },
  },
  {
    ...supabase,
    refused: {
      'a browser session': {
        token: other(supabase, { aud: 'authenticated', client_id: undefined }),
        reason: 'claim aud: "authenticated" is not this server',
      },
    },
  },
  {
    ...hydra,
    refused: {
      'an audience that names another server': {
        token: other(hydra, { aud: [otherApi] }),
        reason: 'is another server',
      },
    },
  },
  {
    ...hydraOpaque,
    refused: {
      'a refresh token': {
        token: other(hydraOpaque, { token_use: 'refresh_token' }),
        reason: 'token_use is not access',
      },
    },
  },
  {
    ...authentik,
    refused: {
      'an ID token': {
        token: other(authentik, {
          at_hash: 'XXiMF9eJ5wTVfVhJc0nFsg',
          azp: undefined,
          uid: undefined,
        }),
        reason: 'an ID token',
      },
      'a token of another application': {
        token: (site) =>
          other(authentik, { iss: `${site.origin}/application/o/other/`, aud: 'other-client' })(
            site,
          ),
        reason: 'claim iss',
      },
    },
  },
  { ...authentik, name: 'Authentik, several applications', blocks: [0, 1] },
  {
    ...dex,
    refused: {
      'a refresh token': {
        token: other(dex, { token_use: 'refresh_token' }),
        reason: 'token_use is not access',
      },
    },
  },
  {
    ...descope,
    refused: {
      'a token of another application of the project': {
        token: other(descope, { aud: ['client', 'P3JLNBkECdLJGLMMD9r4Lbyq6n8p'] }),
        reason: 'claim aud',
      },
    },
  },
  stytch,
  {
    ...logto,
    refused: {
      'the opaque token of a login': { token: () => 'WfH2pDq3nB8mKx7cVt1Ls', reason: 'ERR_JWS' },
      'a token of an organization': {
        token: other(logto, { aud: 'urn:logto:organization:1' }),
        reason: 'claim aud',
      },
    },
  },
];
