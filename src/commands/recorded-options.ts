import type { Api } from '../diff/api-types.js';
import type { PlanOptions } from '../plan/plan.js';

/**
 * The options that a project was generated with, as far as they can be told: from the API itself, until the lock
 * records them. Those that choose operations and scopes cannot.
 */
export function recordedOptions({
  name,
  authentication: auth,
  authorizationServer: oauthServer,
  resourceUrl,
}: Api): PlanOptions {
  return {
    name,
    auth,
    ...(oauthServer !== undefined && { oauthServer }),
    ...(resourceUrl !== undefined && { resourceUrl }),
  };
}

/** Options of a new run over recorded ones: what contradicts a new one is not what is meant any more. */
export function withRecorded<T extends PlanOptions>(options: T, recorded: PlanOptions): T {
  const { auth, oauthServer, ...rest } = recorded;
  return {
    ...rest,
    ...(auth !== undefined && options.oauthServer === undefined && { auth }),
    ...(oauthServer !== undefined && options.auth !== 'none' && { oauthServer }),
    ...options,
  };
}
