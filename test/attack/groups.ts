import type { Group } from './case.js';
import { answers } from './groups/answers.js';
import { claims, otherAudience, strictType } from './groups/claims.js';
import { bySearch } from './groups/by-search.js';
import { challenges } from './groups/credentials.js';
import { fetchedFiles, filesByDefault } from './groups/files.js';
import { header } from './groups/header.js';
import { injection } from './groups/injection.js';
import { confirmation } from './groups/confirmation.js';
import { connections } from './groups/connections.js';
import { costly } from './groups/costly.js';
import { callLimit, failureLimit, proxyLimit, sizes } from './groups/limits.js';
import { issuers } from './groups/issuers.js';
import { logLines } from './groups/log-lines.js';
import { messages } from './groups/messages.js';
import { metadata, metadataAdvertisement, metadataOfBareOrigin } from './groups/metadata.js';
import { hosts } from './groups/hosts.js';
import { opaque } from './groups/opaque.js';
import { discoveryGroup, outages } from './groups/provider.js';
import { publicSearch, publicTools } from './groups/public.js';
import { redirection } from './groups/redirects.js';
import { routes } from './groups/routes.js';
import {
  impliedScopes,
  prefixedScopes,
  scopesAsClientsTakeThem,
  scopesAsToolErrors,
} from './groups/scope-settings.js';
import { schemas } from './groups/schemas.js';
import { scopes } from './groups/scopes.js';
import { hiddenTools, searchMode } from './groups/search-mode.js';
import { configuration, stdio } from './groups/start.js';
import { tokenCache } from './groups/token-cache.js';
import { formats, keys } from './groups/tokens.js';
import { upstreamCredentials } from './groups/upstream-credentials.js';
import { clientCredentialsGroup, exchangeGroup, forwardGroup } from './groups/upstream-tokens.js';

/** All cases, by subject; several groups of one name are one subject under different settings. */
export const groups: readonly Group[] = [
  metadata,
  metadataAdvertisement,
  metadataOfBareOrigin,
  challenges,
  header,
  formats,
  keys,
  claims,
  strictType,
  otherAudience,
  issuers,
  publicTools,
  publicSearch,
  scopes,
  impliedScopes,
  prefixedScopes,
  scopesAsToolErrors,
  scopesAsClientsTakeThem,
  injection,
  schemas,
  logLines,
  answers,
  redirection,
  fetchedFiles,
  filesByDefault,
  upstreamCredentials,
  clientCredentialsGroup,
  exchangeGroup,
  forwardGroup,
  hosts,
  routes,
  messages,
  sizes,
  callLimit,
  failureLimit,
  proxyLimit,
  connections,
  costly,
  discoveryGroup,
  outages,
  tokenCache,
  opaque,
  configuration,
  stdio,
  searchMode,
  hiddenTools,
  confirmation,
  ...bySearch,
];
