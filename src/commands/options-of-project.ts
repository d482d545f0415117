import type { Api } from '../diff/api-types.js';
import type { SourceFlags } from './flags.js';

/**
 * The flags given now over those that a project was generated with: what contradicts one that was given is not meant
 * any more.
 */
export function withOptionsOfProject(given: SourceFlags, project: Api): SourceFlags {
  const { auth, oauthServer, ...earlier } = optionsOfProject(project);
  return {
    ...earlier,
    ...(auth !== undefined && given.oauthServer === undefined && { auth }),
    ...(oauthServer !== undefined && given.auth !== 'none' && { oauthServer }),
    ...given,
  };
}

/**
 * The flags that a project was generated with, as far as the API itself tells: those that choose documents,
 * operations, scopes and the base URL are not among them. This is the place for what the lock records.
 */
function optionsOfProject(project: Api): SourceFlags {
  const { name, authentication: auth, authorizationServer: oauthServer, resourceUrl } = project;
  return {
    name,
    auth,
    ...(oauthServer !== undefined && { oauthServer }),
    ...(resourceUrl !== undefined && { resourceUrl }),
  };
}
