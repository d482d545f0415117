import { accessMutations } from './mutations/access.js';
import { availabilityMutations } from './mutations/availability.js';
import { confirmationMutations } from './mutations/confirmation.js';
import type { Mutation } from './mutations/mutation.js';
import { credentialMutations } from './mutations/credentials.js';
import { providerMutations } from './mutations/provider.js';
import { searchMutations } from './mutations/search-mode.js';
import { serverMutations } from './mutations/server.js';
import { tokenMutations } from './mutations/tokens.js';
import { upstreamMutations } from './mutations/upstream.js';

/** All faults; none may go unnoticed. */
export const mutations: readonly Mutation[] = [
  ...tokenMutations,
  ...accessMutations,
  ...providerMutations,
  ...serverMutations,
  ...upstreamMutations,
  ...credentialMutations,
  ...availabilityMutations,
  ...searchMutations,
  ...confirmationMutations,
];
