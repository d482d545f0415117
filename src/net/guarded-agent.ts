import { Agent } from 'undici';
import { createPublicLookup } from '../../templates/src/runtime/fetch-public.js';

/** Connects only to public addresses of named hosts; literal addresses must be checked before. */
export const guardedAgent = new Agent({ connect: { lookup: createPublicLookup() } });
