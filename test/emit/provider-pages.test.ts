import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emit } from '../../src/emit/emit.js';
import { issuersOf } from '../../src/providers.js';
import { root } from '../support/fixtures.js';
import { samplePlan } from './sample.js';

const folder = join(root, 'docs/providers');
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');
const pages = readdirSync(folder).filter((file) => file !== 'README.md');

/** The pages in the order of the files. */
const names = pages.toSorted().map((file) => titleOf(textOf(file)));

function titleOf(text: string): string {
  return /^# (.+)/.exec(text)?.[1] ?? '';
}

/** A project for the authorization server of this issuer: its files by path. */
async function projectOf(authorizationServer?: string): Promise<Map<string, string>> {
  const changes =
    authorizationServer === undefined
      ? { authentication: 'none' as const, authorizationServer }
      : { authorizationServer };
  const files = await emit(samplePlan(undefined, changes));
  return new Map(files.map(({ path, content }) => [path, content]));
}

/** The section on access in the README of a project. */
async function accessIn(issuer: string): Promise<string> {
  const readme = (await projectOf(issuer)).get('README.md') ?? '';
  return readme.split(/^(?=## )/m).find((section) => section.startsWith('## Who ')) ?? '';
}

describe('a page', () => {
  it('exists for each of sixteen providers', () => {
    expect(pages).toHaveLength(16);
    for (const id of Object.keys(issuersOf)) expect(pages).toContain(`${id}.md`);
  });

  it.each(pages)('%s has all sections, in order', (file) => {
    const sections = [...textOf(file).matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    const expected = ['At the provider', 'Variables', 'Tokens', 'Support', 'Pitfalls', 'Sources'];
    expect(sections).toEqual(expected);
  });

  it.each(pages)('%s names its sources and their date', (file) => {
    const [, sources = ''] = textOf(file).split('## Sources\n');
    expect(sources).toMatch(/^\n(Read|Run) on 2026-\d\d-\d\d/);
    expect(sources).toMatch(/^- https:\/\//m);
  });

  it.each(pages)('%s is in the index, with its features', (file) => {
    const row = textOf('README.md')
      .split('\n')
      .find((line) => line.includes(`](${file})`));
    const [name, ...cells] = cellsOf(row);
    const text = textOf(file);
    expect(name).toBe(`[${titleOf(text)}](${file})`);
    const standards = ['Resource indicators', 'Dynamic client', 'Client ID metadata', '`offline_'];
    const support = standards.map(
      (standard) => cellsOf(text.split('\n').find((line) => line.startsWith(`| ${standard}`)))[1],
    );
    expect(cells).toEqual(support);
  });
});

function cellsOf(row = ''): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe('the README of a project', () => {
  it.each([
    ['https://acme.eu.auth0.com/', 'Auth0', 'Resource Parameter Compatibility Profile'],
    ['https://id.example.com/realms/acme', 'Keycloak', 'Included Custom Audience'],
    ['https://login.microsoftonline.com/7f58/v2.0', 'Microsoft Entra ID', 'OAUTH_AUDIENCE='],
    ['https://acme.zitadel.cloud', 'ZITADEL', 'preaccesstoken'],
    ['https://clerk.example.com', 'Clerk', 'Add MCP server'],
    ['https://abc.supabase.co/auth/v1', 'Supabase', 'Custom Access Token'],
    ['https://acme.projects.oryapis.com', 'Ory Hydra', 'strategies.access_token'],
    ['https://id.example.com/application/o/notes/', 'Authentik', 'Scope Mapping'],
    ['https://sso.example.com/dex', 'Dex', 'OAUTH_TOKEN_FORMAT=opaque'],
    ['https://api.descope.com/v1/apps/agentic/P3J/MS3', 'Descope', 'MCP Server URL'],
    ['https://acme.customers.stytch.com', 'Stytch', 'RBAC policy'],
    ['https://acme.logto.app/oidc', 'Logto', 'API identifier'],
  ])('shows the setup of %s, and links to the other providers', async (issuer, name, setup) => {
    const text = await accessIn(issuer);
    expect(text).toContain(`### ${name}\n`);
    expect(text).toContain(setup);
    expect(text).not.toContain('"claims"');
    const others = names.filter((other) => other !== name);
    expect(linksIn(text).map(([link]) => link)).toEqual([
      "The provider's page",
      'comparison',
      ...others,
    ]);
  });

  it.each(['https://auth.example.com/', 'https://auth0.com.evil.example/'])(
    'shows none for %s, and links to all',
    async (issuer) => {
      const text = await accessIn(issuer);
      expect(text).not.toContain('#### ');
      expect(linksIn(text).map(([link]) => link)).toEqual(['comparison', ...names]);
    },
  );

  it('links to files that the project has', async () => {
    const issuers = [undefined, 'https://auth.example.com/', 'https://acme.eu.auth0.com/'];
    for (const issuer of issuers) {
      const files = await projectOf(issuer);
      const links = [...(files.get('README.md') ?? '').matchAll(/\]\((?!https:)([^)]+)\)/g)];
      const paths = links.map(([, path = '']) => path);
      expect(paths).toEqual(expect.arrayContaining(['TOOLS.md', 'docs/custom-code.md']));
      expect(paths.filter((path) => !files.has(path))).toEqual([]);
    }
  });

  it('mentions several tenants', async () => {
    for (const issuer of ['https://auth.example.com/', 'https://acme.okta.com/oauth2/default'])
      expect(await accessIn(issuer)).toContain('For several tenants, list their issuers');
  });

  it('has no page without OAuth', async () => {
    const files = await projectOf();
    expect([...files.keys()].filter((path) => path.startsWith('docs/providers'))).toEqual([]);
    expect(files.get('README.md')).not.toContain('docs/providers');
  });
});

function linksIn(text: string): (readonly [name: string, path: string])[] {
  const links = [...text.matchAll(/\[([^\]]+)\]\((docs\/providers\/[^)]+)\)/g)];
  const found = links.map(([, name = '', path = '']) => [name, path] as const);
  for (const [, path] of found) expect(existsSync(join(root, path)), path).toBe(true);
  return found;
}
