import type { Group } from './case.js';
import { answers, redirection } from './groups/answers.js';
import { claims, otherAudience, strictType } from './groups/claims.js';
import { challenges, header } from './groups/credentials.js';
import { injection } from './groups/injection.js';
import { callLimit, failureLimit, messages, sizes } from './groups/messages.js';
import { metadata, metadataAdvertisement, metadataOfBareOrigin } from './groups/metadata.js';
import { hosts, routes } from './groups/network.js';
import { opaque } from './groups/opaque.js';
import { discoveryGroup, outages } from './groups/provider.js';
import { impliedScopes, prefixedScopes, scopes, scopesAsToolErrors } from './groups/scopes.js';
import { configuration, stdio } from './groups/start.js';
import { formats, keys } from './groups/tokens.js';

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
  scopes,
  impliedScopes,
  prefixedScopes,
  scopesAsToolErrors,
  injection,
  answers,
  redirection,
  hosts,
  routes,
  messages,
  sizes,
  callLimit,
  failureLimit,
  discoveryGroup,
  outages,
  opaque,
  configuration,
  stdio,
];
