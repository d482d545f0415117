/** The pattern of each provider's issuers, by the name of its page in `docs/providers`. */
export const issuersOf = {
  auth0: /^https:\/\/[^/]+\.auth0\.com(\/|$)/,
  okta: /^https:\/\/[^/]+\.okta(preview|-emea)?\.com(\/|$)/,
  keycloak: /^https?:\/\/[^/]+(\/.*)?\/realms\/[^/]+\/?$/,
  'entra-id': /^https:\/\/(login\.microsoftonline\.(com|us)|sts\.windows\.net)\//,
  cognito: /^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com\//,
  authkit: /^https:\/\/([^/]+\.authkit\.app|api\.workos\.com)(\/|$)/,
  zitadel: /^https:\/\/[^/]+\.zitadel\.cloud\/?$/,
  clerk: /^https:\/\/(clerk\.[^/]+|[^/]+\.clerk\.accounts\.dev)\/?$/,
  supabase: /^https?:\/\/[^/]+\/auth\/v1\/?$/,
  'ory-hydra': /^https:\/\/[^/]+\.(projects\.)?oryapis\.com\/?$/,
  authentik: /^https?:\/\/[^/]+(\/.*)?\/application\/o\/[^/]+\/?$/,
  dex: /^https?:\/\/[^/]+(\/.*)?\/dex\/?$/,
  descope: /^https:\/\/(api(\.[a-z0-9]+)?\.descope\.com\/|[^/]+\/v1\/apps\/(agentic\/)?P)/,
  stytch: /^https:\/\/([^/]+\.customers\.stytch\.(com|dev)|(test\.)?stytch\.com)(\/|$)/,
  logto: /^https:\/\/[^/]+\.logto\.app\/oidc\/?$/,
} as const;

/** The name of a page in `docs/providers`. */
type ProviderId = keyof typeof issuersOf;

/** The provider of an authorization server, if its issuer identifies one. */
export function providerIdOf(issuer: string): ProviderId | undefined {
  const ids = Object.keys(issuersOf) as ProviderId[];
  return ids.find((id) => issuersOf[id].test(issuer));
}
