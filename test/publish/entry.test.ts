import { describe, expect, it } from 'vitest';
import { entryOf } from '../../src/commands/publish/registry.js';
import type { JsonObject } from '../../src/json.js';
import { planPaths } from '../plan/helpers.js';
import { faultsOf } from './entry-schema.js';

const url = new URL('https://mcp.acme.dev/mcp');
const paths = { '/notes': { get: { summary: 'List notes' } } };
const good = { name: 'dev.acme/notes', description: 'Keeps notes.', version: '1.0.0' };
const remote = { type: 'streamable-http', url: url.href };

/** The entry of a document with such an `info`. */
function entryFrom(info: object, more: object = {}, earlier: JsonObject = {}) {
  const { api } = planPaths(paths, more as never);
  return entryOf({ ...api, ...info }, url, undefined, earlier);
}

describe('the entry of the registry is valid', () => {
  it.each<[string, object]>([
    ['a usual document', { title: 'Notes', description: 'Keeps notes. And more.' }],
    ['a long title', { title: 'N'.repeat(500) }],
    ['a title of other characters', { title: 'Заметки 🗒 '.repeat(30) }],
    ['a long description', { description: 'Keeps notes, '.repeat(100) }],
    ['no description', { description: undefined }],
    ['a version that is a date', { version: '2026-11-29' }],
    ['a version that is a word', { version: 'latest' }],
    ['a long version', { version: '1.'.repeat(200) + '0' }],
    ['a page and an icon', { documentation: 'https://docs.acme.dev', icon: 'https://acme.dev/i' }],
    ['an icon with a long URL', { icon: `https://acme.dev/${'i'.repeat(300)}` }],
  ])('%s', (_, info) => {
    expect(faultsOf(entryFrom(info))).toEqual([]);
  });

  it('with the members of an earlier one: packages, a repository, variables', () => {
    const earlier = {
      repository: { url: 'https://github.com/acme/notes', source: 'github' },
      packages: [{ registryType: 'npm', identifier: '@acme/notes', transport: { type: 'stdio' } }],
      remotes: [
        { type: 'sse', url: 'https://mcp.acme.dev/sse' },
        { ...remote, headers: [{ name: 'X-Tenant', isRequired: true }] },
      ],
    };
    const entry = entryFrom({}, {}, earlier);
    expect(faultsOf(entry)).toEqual([]);
    expect(entry).toMatchObject(earlier);
  });
});

describe('an entry that the schema refuses', () => {
  it.each<[string, object, string]>([
    ['no name', { name: undefined }, ' required'],
    ['a name without a namespace', { name: 'notes' }, '/name pattern'],
    ['two slashes', { name: 'dev.acme/notes/x' }, '/name pattern'],
    ['a long description', { description: 'x'.repeat(101) }, '/description maxLength'],
    ['an empty title', { title: '' }, '/title minLength'],
    ['a page that is not a URL', { websiteUrl: 'docs' }, '/websiteUrl format'],
    [
      'a remote of another type',
      { remotes: [{ ...remote, type: 'http' }] },
      '/remotes/0/type enum',
    ],
    ['a remote elsewhere', { remotes: [{ ...remote, url: 'mcp' }] }, '/remotes/0/url pattern'],
    [
      'a header without a name',
      { remotes: [{ ...remote, headers: [{}] }] },
      '/remotes/0/headers/0 required',
    ],
    ['an icon that is not a URL', { icons: [{ src: 'logo.png' }] }, '/icons/0/src format'],
    ['a repository without its kind', { repository: { url: url.href } }, '/repository required'],
    [
      'a package without a transport',
      { packages: [{ registryType: 'npm', identifier: 'x' }] },
      '/packages/0 required',
    ],
  ])('%s', (_, change, fault) => {
    expect(faultsOf({ ...good, remotes: [remote], ...change })).toContain(fault.trim());
  });
});
