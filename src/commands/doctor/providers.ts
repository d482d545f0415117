import { issuersOf } from '../../providers.js';
import type { CheckId } from './check.js';

/** Remedies for one provider, in the words of its settings. */
export interface ProviderNotes {
  readonly name: string;
  /** Matches its issuers. */
  readonly issuers: RegExp;
  readonly switches: { readonly [id in CheckId]?: string };
  /** The pages that document this. */
  readonly sources: readonly string[];
}

export const providers: readonly ProviderNotes[] = [
  {
    name: 'Auth0',
    issuers: issuersOf.auth0,
    switches: {
      issuer: 'Auth0’s issuer ends with a slash, in tokens and in --oauth-server.',
      registration:
        'Settings → Advanced: enable Dynamic Client Registration (OIDC), or register clients by hand.',
      resource:
        'Settings → Advanced: enable Resource Parameter Compatibility Profile, and create an API whose Identifier is the resource.',
      iss: 'Settings → Advanced: enable Include Issuer in Authorization Responses.',
      'token-form':
        'Auth0 issues opaque tokens when no API is asked for: enable Resource Parameter Compatibility Profile, and create an API whose Identifier is the resource.',
      'token-audience': 'Applications → APIs: create an API whose Identifier is the resource.',
      'token-scopes':
        'With RBAC and Add Permissions in the Access Token, set OAUTH_SCOPE_CLAIM=permissions.',
    },
    sources: [
      'https://auth0.com/ai/docs/mcp/guides/resource-param-compatibility-profile',
      'https://auth0.com/docs/get-started/applications/dynamic-client-registration',
    ],
  },
  {
    name: 'Okta',
    issuers: issuersOf.okta,
    switches: {
      keys: 'Use a custom authorization server (…/oauth2/SERVER_ID): tokens of the org server are for Okta only.',
      registration:
        'Okta’s registration requires an API token, which MCP clients do not have: create an app integration for each client.',
      resource: 'Security → API → Authorization Servers: one whose Audience is the resource.',
      'token-audience':
        'Security → API → Authorization Servers: its Audience must be the resource.',
      'token-scopes':
        'Add the scopes to the authorization server, and an access policy that grants them.',
    },
    sources: [
      'https://developer.okta.com/docs/concepts/auth-servers/',
      'https://developer.okta.com/docs/guides/customize-authz-server/main/',
    ],
  },
  {
    name: 'Keycloak',
    issuers: issuersOf.keycloak,
    switches: {
      'client-metadata': 'Start Keycloak with --features=cimd (experimental).',
      registration:
        'Client registration → Anonymous access policies: set Trusted Hosts and Allowed Client Scopes.',
      resource:
        'Give the client scopes an Audience mapper whose Included Custom Audience is the resource; --features=resource-indicators is experimental.',
      'token-audience':
        'Client scopes: add the mapper Audience with the resource as Included Custom Audience.',
      'token-kind': 'This is not the access token of the response, whose typ is Bearer.',
    },
    sources: [
      'https://www.keycloak.org/securing-apps/mcp-authz-server',
      'https://www.keycloak.org/docs/latest/server_admin/#_audience',
    ],
  },
  {
    name: 'Microsoft Entra ID',
    issuers: issuersOf['entra-id'],
    switches: {
      metadata: 'Entra publishes OpenID Connect metadata only; that is enough for current clients.',
      issuer: 'Use the tenant’s ID: the issuer of common and organizations is a template.',
      pkce: 'Entra supports PKCE but does not announce it, so some MCP clients refuse. Test yours.',
      registration:
        'Entra has no dynamic registration: App registrations → New registration, for each client.',
      resource:
        'App registrations → Expose an API: the Application ID URI must be the resource, with requestedAccessTokenVersion 2 in the manifest.',
      scopes:
        'Entra lists OpenID Connect scopes only. Expose an API → Add a scope; set OAUTH_SCOPE_PREFIX to the resource and a slash.',
      'token-audience':
        'Version 2 tokens have the Application (client) ID as aud: set OAUTH_AUDIENCE to it.',
      'token-issuer':
        'Version 1 tokens come from https://sts.windows.net/TENANT_ID/: set requestedAccessTokenVersion to 2, or OAUTH_ISSUER.',
    },
    sources: [
      'https://learn.microsoft.com/entra/identity-platform/access-tokens',
      'https://learn.microsoft.com/entra/identity-platform/quickstart-configure-app-expose-web-apis',
    ],
  },
  {
    name: 'Amazon Cognito',
    issuers: issuersOf.cognito,
    switches: {
      metadata:
        'Cognito publishes OpenID Connect metadata only; that is enough for current clients.',
      pkce: 'Cognito supports PKCE but does not announce it, so some MCP clients refuse. Test yours.',
      registration:
        'Cognito has no dynamic registration: create an app client for each MCP client.',
      resource:
        'Only tokens of managed login are bound to a resource; see the README of the project for the others.',
      'token-audience':
        'Without managed login, set OAUTH_AUDIENCE to the app clients, and OAUTH_AUDIENCE_CLAIM=client_id.',
      'token-scopes':
        'Create a resource server with custom scopes, and set OAUTH_SCOPE_PREFIX to its identifier and a slash.',
    },
    sources: [
      'https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html',
      'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html',
    ],
  },
  {
    name: 'Google',
    issuers: /^https:\/\/accounts\.google\.com(\/|$)/,
    switches: {
      registration:
        'Google has no dynamic registration: create an OAuth client for each MCP client.',
      resource:
        'Google’s access tokens are for Google’s APIs, and cannot be made for yours: put another authorization server in front that signs users in with Google.',
      'token-form':
        'Google’s access tokens are opaque and for Google’s APIs: put another authorization server in front that signs users in with Google.',
    },
    sources: ['https://developers.google.com/identity/protocols/oauth2'],
  },
  {
    name: 'WorkOS AuthKit',
    issuers: issuersOf.authkit,
    switches: {
      'client-metadata': 'Connect → Configuration: enable Client ID Metadata Document.',
      registration: 'Connect → Configuration: enable Dynamic Client Registration.',
      resource: 'Add the resource as an MCP resource indicator.',
      'token-audience':
        'Add the resource as an MCP resource indicator; without one the audience is the environment’s client ID.',
      scopes:
        'AuthKit lists OpenID Connect scopes only; if clients are granted no others, generate with --scopes none.',
    },
    sources: ['https://workos.com/docs/authkit/mcp'],
  },
  {
    name: 'ZITADEL',
    issuers: issuersOf.zitadel,
    switches: {
      resource:
        'ZITADEL does not read resource: the audience is the project. Set OAUTH_AUDIENCE to its ID.',
      'token-audience': 'The audience is the project: set OAUTH_AUDIENCE to its ID.',
      'token-kind':
        'ID tokens have the same audience; introspection (OAUTH_TOKEN_FORMAT=opaque) is better.',
      'token-scopes':
        'An Action must add the claim permissions, from the user’s roles; set OAUTH_SCOPE_CLAIM=permissions.',
    },
    sources: ['https://zitadel.com/docs/apis/openidoauth/claims'],
  },
  {
    name: 'Clerk',
    issuers: issuersOf.clerk,
    switches: {
      'client-metadata': 'OAuth applications: enable Advertise CIMD support.',
      registration: 'OAuth applications: enable Dynamic client registration.',
      resource: 'Agents → MCP servers → Add MCP server, with the resource as MCP URL.',
      'token-form': 'OAuth applications → Settings: enable Generate access tokens as JWTs.',
      'token-audience':
        'Agents → MCP servers → Add MCP server. Without one, set OAUTH_AUDIENCE to your clients and OAUTH_AUDIENCE_CLAIM=client_id.',
      'token-scopes': 'OAuth applications → Scopes: add custom scopes, and assign them.',
    },
    sources: [
      'https://clerk.com/docs/references/nextjs/build-mcp-server',
      'https://clerk.com/docs/guides/configure/auth-strategies/oauth/how-clerk-implements-oauth',
    ],
  },
  {
    name: 'Supabase',
    issuers: issuersOf.supabase,
    switches: {
      registration: 'Authentication → OAuth Server: enable Dynamic Client Registration.',
      keys: 'JWT signing keys: migrate to an asymmetric key.',
      algorithms: 'JWT signing keys: migrate to an asymmetric key; HS256 is refused.',
      resource: 'A Custom Access Token hook must write the resource into aud.',
      'token-audience':
        'A Custom Access Token hook must write the resource into aud. Never set OAUTH_AUDIENCE=authenticated: every browser session has it.',
      'token-scopes':
        'The hook must also write the user’s permissions; set OAUTH_SCOPE_CLAIM to that claim.',
    },
    sources: [
      'https://supabase.com/docs/guides/auth/oauth-server/token-security',
      'https://supabase.com/docs/guides/auth/auth-hooks/custom-access-token-hook',
    ],
  },
  {
    name: 'Ory Hydra',
    issuers: issuersOf['ory-hydra'],
    switches: {
      registration: 'Set oidc.dynamic_client_registration.enabled.',
      resource: 'Hydra does not read resource: the consent application must grant the audience.',
      'token-form': 'Set strategies.access_token to jwt, or OAUTH_TOKEN_FORMAT=opaque here.',
      'token-audience':
        'Hydra does not read resource. Set OAUTH_AUDIENCE to your clients and OAUTH_AUDIENCE_CLAIM=client_id.',
    },
    sources: ['https://www.ory.sh/docs/hydra/advanced'],
  },
  {
    name: 'Authentik',
    issuers: issuersOf.authentik,
    switches: {
      issuer: 'Authentik’s issuer ends with a slash, in tokens and in --oauth-server.',
      algorithms:
        'Select a Signing Key in the provider: without one, tokens are signed with HS256.',
      registration: 'Registration needs an access token: create a provider for each client.',
      'token-audience': 'The audience is the client: set OAUTH_AUDIENCE to its ID.',
      'token-scopes':
        'The token has no scope: scope mappings must return a claim, and OAUTH_SCOPE_CLAIM must name it.',
    },
    sources: ['https://docs.goauthentik.io/add-secure-apps/providers/oauth2/'],
  },
  {
    name: 'Dex',
    issuers: issuersOf.dex,
    switches: {
      registration: 'Add a static client for each MCP client.',
      scopes: 'Dex refuses unknown scopes: generate with --scopes none.',
      'token-audience': 'The audience is the client: set OAUTH_AUDIENCE to its ID.',
      'token-kind':
        'Dex’s access tokens and ID tokens look the same: set OAUTH_TOKEN_FORMAT=opaque, and a client.',
    },
    sources: ['https://dexidp.io/docs/configuration/custom-scopes-claims-clients/'],
  },
  {
    name: 'Descope',
    issuers: issuersOf.descope,
    switches: {
      'client-metadata': 'Agentic Identity Hub → MCP server → Settings: enable CIMD.',
      registration: 'Agentic Identity Hub → MCP server → Settings: enable DCR.',
      resource: 'Create an MCP server whose MCP Server URL is the resource.',
      'token-audience':
        'Create an MCP server whose MCP Server URL is the resource, and use its Issuer URL.',
    },
    sources: ['https://docs.descope.com/agentic-identity-hub/core-components/mcp-servers/settings'],
  },
  {
    name: 'Stytch',
    issuers: issuersOf.stytch,
    switches: {
      registration: 'Connected Apps: enable dynamic client registration.',
      'token-audience':
        'The audience is the project: set OAUTH_AUDIENCE to its ID, and use it for this server only.',
    },
    sources: ['https://stytch.com/docs/b2b/api/connected-app-access-token'],
  },
  {
    name: 'Logto',
    issuers: issuersOf.logto,
    switches: {
      resource: 'API resources: create one whose API identifier is the resource.',
      'token-form': 'Without an API resource, tokens are opaque: create one for the resource.',
      'token-audience': 'API resources: create one whose API identifier is the resource.',
      'token-scopes': 'Roles: assign the permissions of the API resource, and the role to users.',
    },
    sources: ['https://docs.logto.io/authorization/global-api-resources'],
  },
];

/** The provider of an authorization server, if its issuer identifies one. */
export function providerOf(issuer: string): ProviderNotes | undefined {
  return providers.find(({ issuers }) => issuers.test(issuer));
}
