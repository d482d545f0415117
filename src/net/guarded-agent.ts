import { Agent } from 'undici';
import { createPublicLookup } from '../../templates/src/runtime/public-address.js';

/** Connects to public addresses only, when a host is named; addresses themselves have to be looked at before. */
export const guardedAgent = new Agent({ connect: { lookup: createPublicLookup() } });
