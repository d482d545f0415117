import { parseUrl } from '../../../../templates/src/runtime/text.js';
import { array, object, type JsonObject } from '../../../json.js';
import { textIn } from '../../../net/metadata.js';
import { sources, type Host } from './hosts.js';
import { fail, notChecked, pass, type Rule, type Verdict } from './rule.js';
import type { Subject } from './subject.js';

const { registrySchema: registry, registryRemotes } = sources;

const NAME = /^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/;
const LONGEST_NAME = 200;
const LONGEST_DESCRIPTION = 100;

/** The registry's requirements for `server.json` (its schema of 2025-12-11). */
export const registryRules: readonly Rule[] = [
  {
    id: 'registry-name',
    hosts: { registry },
    sentence: "The name is a reverse domain, a slash and the server's name.",
    check: ofEntry((entry) => {
      const name = textIn(entry, 'name') ?? '';
      return NAME.test(name) && name.length >= 3 && name.length <= LONGEST_NAME
        ? pass(`It is ${name}.`)
        : fail(
            `It is ${JSON.stringify(entry['name'] ?? '')}.`,
            'Set name in server.json, for example to com.example/notes.',
          );
    }),
  },
  {
    id: 'registry-namespace',
    hosts: { registry: registryRemotes },
    sentence: 'The namespace is a domain that you can prove to own.',
    check: ofEntry(checkNamespace),
  },
  {
    id: 'registry-description',
    hosts: { registry },
    sentence: `The description has 1 to ${LONGEST_DESCRIPTION} characters.`,
    check: ofEntry((entry) => {
      const { length } = textIn(entry, 'description') ?? '';
      return length >= 1 && length <= LONGEST_DESCRIPTION
        ? pass(`It has ${length}.`)
        : fail(`It has ${length}.`, 'Shorten description in server.json to one sentence.');
    }),
  },
  {
    id: 'registry-version',
    hosts: { registry },
    sentence: 'The version is a single version, not a range.',
    check: ofEntry((entry) => {
      const version = textIn(entry, 'version') ?? '';
      const isRange = version === 'latest' || /^[\^~<>=*]|\s|\.[x*]$|^$/.test(version);
      return isRange || version.length > 255
        ? fail(
            `It is ${JSON.stringify(version)}.`,
            'Set version in server.json, for example to 1.0.0.',
          )
        : pass(`It is ${version}.`);
    }),
  },
  {
    id: 'registry-remote',
    hosts: { registry: registryRemotes },
    sentence: 'The entry has a remote with the type streamable-http and an https URL.',
    check: ofEntry((entry) => {
      const url = remoteOf(entry);
      return url?.protocol === 'https:'
        ? pass(`It is ${url.href}.`)
        : fail(
            'There is none.',
            'Write remotes: [{ "type": "streamable-http", "url": "https://…/mcp" }] in server.json.',
          );
    }),
  },
];

function ofEntry(check: (entry: JsonObject) => Verdict): (subject: Subject, host: Host) => Verdict {
  return ({ entry }) =>
    entry === undefined
      ? notChecked(
          'There is no server.json.',
          'Write one with: openapi-to-mcp publish --store registry --project <dir>.',
        )
      : check(entry);
}

function remoteOf(entry: JsonObject): URL | undefined {
  const urls = array(entry['remotes']).map((remote) => {
    const { type, url } = object(remote);
    return type === 'streamable-http' && typeof url === 'string' ? parseUrl(url) : undefined;
  });
  return urls.find((url) => url !== undefined);
}

/** GitHub names are proved by signing in to GitHub, others by a DNS record of the domain. */
function checkNamespace(entry: JsonObject): Verdict {
  const [namespace = ''] = (textIn(entry, 'name') ?? '').split('/');
  if (/^io\.github\.[a-z\d-]+$/i.test(namespace))
    return pass(`${namespace} is proved by signing in to GitHub.`);
  const labels = namespace.split('.');
  if (
    labels.length < 2 ||
    /^(com\.example|org\.example|net\.example|local|invalid)(\.|$)/.test(namespace)
  )
    return fail(
      `${JSON.stringify(namespace)} is not the reverse of a domain that can be owned.`,
      'Use your own domain backwards (com.acme), or io.github. and your GitHub name.',
    );
  const host = remoteOf(entry)?.hostname ?? '';
  const domain = labels.toReversed().join('.');
  return host === '' || host === domain || host.endsWith(`.${domain}`)
    ? pass(`${namespace} is proved by a DNS record of ${domain}.`)
    : fail(
        `${namespace} belongs to ${domain}, but the server is at ${host}.`,
        `Use the namespace of the server's own domain: ${host.split('.').slice(-2).toReversed().join('.')}.`,
      );
}
