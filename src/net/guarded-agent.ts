import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import { isPrivateAddress } from './private-address.js';

/** What the error of a connection that was refused for its address has as its code. */
export const privateAddress = 'PRIVATE_ADDRESS';

/** Looks names up as `dns.lookup` does, all addresses at once. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses?: LookupAddress[]) => void,
) => void;

/**
 * Looks names up, and refuses those that have a private address. The check is made where the connection is, since a
 * name may have another address a moment later (DNS rebinding).
 */
export function createPublicLookup(resolve: Resolve): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses = []) => {
      const refused = error ?? refusalOf(addresses);
      const [first] = addresses;
      if (refused !== undefined || first === undefined) done(refused ?? null, []);
      else if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

function refusalOf(addresses: readonly LookupAddress[]): NodeJS.ErrnoException | undefined {
  if (!addresses.some(({ address }) => isPrivateAddress(address))) return undefined;
  return Object.assign(new Error('The name has a private address.'), { code: privateAddress });
}

/** Connects to public addresses only, when a host is named; addresses themselves have to be looked at before. */
export const guardedAgent = new Agent({ connect: { lookup: createPublicLookup(lookup) } });
