import type { default as Provider, KoaContextWithOIDC } from 'oidc-provider';

/** One request to a token endpoint, and its outcome. */
export interface TokenRequest {
  readonly client: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Absent when a token was issued. */
  readonly error?: string;
}

/** The requests to a provider's token endpoint from now on, in order. */
export function recordTokenRequests(provider: Provider): TokenRequest[] {
  const requests: TokenRequest[] = [];
  const record = ({ oidc }: KoaContextWithOIDC, error?: Error) =>
    requests.push({
      client: (oidc.entities.Client ?? oidc.client)?.clientId,
      parameters: { ...oidc.params },
      ...(error !== undefined && { error: error.message }),
    });
  provider.on('grant.success', (context) => void record(context));
  provider.on('grant.error', (context, error) => void record(context, error));
  return requests;
}
