import { Agent } from 'undici';
import { createPublicLookup } from '../../templates/src/runtime/public-address.js';

/** Connects only to public addresses when a host is named; literal addresses must be checked before. */
export const guardedAgent = new Agent({ connect: { lookup: createPublicLookup() } });
