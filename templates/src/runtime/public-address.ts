import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Networks that are not public, and those that only translate into them (RFC 6890, RFC 6052, RFC 6598). */
const PRIVATE_NETWORKS =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16 ' +
  '198.18.0.0/15 224.0.0.0/4 240.0.0.0/4 ' +
  '::/96 64:ff9b::/96 64:ff9b:1::/48 2001::/32 2002::/16 fc00::/7 fe80::/9 ff00::/8';

const list = new BlockList();
for (const network of PRIVATE_NETWORKS.split(' ')) {
  const [address = '', prefix = ''] = network.split('/');
  list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
}

/** Whether an IP address belongs to this machine, its link or a private network, also if IPv6 embeds it. */
export function isPrivateAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** Whether the host of a URL is such an address; a name has to be resolved first. */
export function hasPrivateAddress({ hostname }: URL): boolean {
  return isPrivateAddress(hostname.replace(/^\[|\]$/g, ''));
}

/** The error code of a connection that was refused because of its address. */
export const PRIVATE_ADDRESS = 'PRIVATE_ADDRESS';

/** Resolves names as `dns.lookup` does, to all addresses at once. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses?: LookupAddress[]) => void,
) => void;

/** Resolves names, but not to private addresses: checked when connecting, since names can change (DNS rebinding). */
export function createPublicLookup(resolve: Resolve = lookup): LookupFunction {
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
  return Object.assign(new Error('The name has a private address.'), { code: PRIVATE_ADDRESS });
}
