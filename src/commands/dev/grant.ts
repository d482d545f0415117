import type Provider from 'oidc-provider';

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** A user's consent to one authorization request. */
export interface Consent {
  readonly clientId: string;
  readonly user: string;
  readonly scopes: readonly string[];
}

/** Records that a user consented to everything in an authorization request. */
export async function agreeTo(
  { params, session, grantId }: Interaction,
  provider: Provider,
): Promise<Consent & { readonly grantId: string }> {
  const user = session?.accountId;
  if (user === undefined) throw new Error('No user is signed in.');
  const clientId = valuesOf(params.client_id).join();
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant = known ?? new provider.Grant({ accountId: user, clientId });
  const scopes = scopesOf(params);
  grant.addOIDCScope(scopes.join(' '));
  for (const resource of valuesOf(params.resource))
    grant.addResourceScope(resource, scopes.join(' '));
  return { clientId, user, scopes, grantId: await grant.save() };
}

/** A parameter of an authorization request, which may be missing or repeated. */
export function valuesOf(parameter: unknown): string[] {
  return [parameter].flat().filter((value) => typeof value === 'string');
}

/** The scopes of an authorization request. */
export function scopesOf(parameters: Readonly<Record<string, unknown>>): string[] {
  return valuesOf(parameters.scope)
    .flatMap((scope) => scope.split(' '))
    .filter(Boolean);
}
