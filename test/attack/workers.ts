import type { Case, Group } from './case.js';
import { fetchedFiles } from './groups/files.js';
import { absoluteTargets } from './groups/routes.js';
import { groups } from './groups.js';

const stdio = 'A Worker does not serve stdio.';
const fetching = 'A Worker cannot recognize private addresses: MCP_FETCH_FILES stops the start.';
const parsed =
  'Cloudflare reads HTTP, limits the size of headers and targets, and keeps connections.';
const joined = 'Lines of one header arrive as one value: it is refused, but as something else.';
const empty = 'A header without a value does not arrive at all.';

/** What cannot be tried on Cloudflare Workers, by `group: case`, and why. A group may be named as a whole. */
export const notInWorkers: Readonly<Record<string, string>> = {
  stdio,
  ...Object.fromEntries(fetchedFiles.cases.map(({ name }) => [`files by URL: ${name}`, fetching])),
  'upstream tokens: forward over stdio': stdio,
  'upstream tokens: token-exchange over stdio': stdio,
  'authorization header: two lines, one of another scheme': joined,
  'public operations: a public call with two headers is not anonymous': joined,
  'public operations: a public call with an empty header is not anonymous': empty,
  'host and origin: the origin that is empty': empty,
  'host and origin: the host empty': 'Cloudflare refuses it with 400.',
  'ways around the gate: a length and chunks': parsed,
  ...Object.fromEntries(
    absoluteTargets.map(({ name }) => [`ways around the gate: ${name}`, parsed]),
  ),
  'limits: headers above 32 KiB': parsed,
  'limits: a target above 32 KiB': parsed,
  'limits: a hundred calls of one connection while the API hangs': parsed,
  'limits: five thousand questions for its health at once': parsed,
  'limits: requests of one connection without end': parsed,
  'limits: made-up tokens without end, through a trusted proxy':
    'Cloudflare names the address of the client: MCP_TRUSTED_PROXIES stops the start.',
  'upstream credentials: a certificate of a trusted authority':
    'A Worker has no files and no TLS settings: UPSTREAM_CA_FILE stops the start.',
};

/** Why a case cannot be tried on Cloudflare Workers; undefined where it can. */
export function whyNotInWorkers(group: Group, { name }: Case): string | undefined {
  return notInWorkers[group.name] ?? notInWorkers[`${group.name}: ${name}`];
}

/** The names that fit no case: they have been renamed, or are gone. */
export function unknownNames(): string[] {
  const known = groups.flatMap((group) => [
    group.name,
    ...group.cases.map(({ name }) => `${group.name}: ${name}`),
  ]);
  return Object.keys(notInWorkers).filter((name) => !known.includes(name));
}
