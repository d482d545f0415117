import { BlockList, isIP } from 'node:net';

/** Networks that are not the internet, and those that only translate into them (RFC 6890, RFC 6052, RFC 6598). */
const privateNetworks = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/127',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2001::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/9',
  'ff00::/8',
];

const list = new BlockList();
for (const network of privateNetworks) {
  const [address = '', prefix = ''] = network.split('/');
  list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
}

/** Whether an IP address is one of this machine, its link, or a private network; an IPv4 one may stand in an IPv6 one. */
export function isPrivateAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** Whether the host of a URL is written as such an address; for a name, only looking it up can tell. */
export function hasPrivateAddress({ hostname }: URL): boolean {
  return isPrivateAddress(hostname.replace(/^\[|\]$/g, ''));
}
