import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { knownClients, redirectUrisOf } from '../src/clients.js';
import { run } from './support/command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'clients-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const redirects = knownClients.flatMap(({ name, redirectUris }) =>
  redirectUris.map((one) => ({ name, ...one })),
);

describe('the redirect URIs of clients', () => {
  it.each(redirects)('$name, $uri: has a page, and the day it was read', ({ page, read }) => {
    expect(page).toMatch(/^https:\/\/\S+/);
    expect(read).toMatch(/^2026-\d\d(-\d\d)?$/);
  });

  it('are each listed once', () => {
    expect(new Set(redirects.map(({ uri }) => uri)).size).toBe(redirects.length);
  });

  it('need not be registered when they vary', () => {
    for (const { uri, optional } of redirects)
      expect([uri, optional === 'varies']).toEqual([uri, /PORT|\bID\b/.test(uri)]);
  });

  it('are one list: the README of a project, doctor and publish have the same', async () => {
    const project = join(folder, 'petstore');
    const flags = ['--oauth-server', 'https://auth.example.com'];
    const url = ['--resource-url', 'https://mcp.acme.dev/mcp'];
    const source = ['--url', 'fixtures/petstore-3.0/input.yaml', '--output', project];
    await run(['generate', ...source, ...flags, ...url]);
    const readme = readFileSync(join(project, 'README.md'), 'utf8');
    for (const { uri } of redirects) expect(readme).toContain(`\`${uri}\``);
    for (const store of ['chatgpt', 'claude', 'vscode', 'cursor'] as const) {
      const { stdout } = await run(['doctor', '--store', store, '--project', project, '--json']);
      for (const uri of redirectUrisOf(store)) expect(stdout).toContain(uri);
    }
    await run(['publish', '--store', 'claude', '--project', project]);
    const page = readFileSync(join(project, 'submission/claude.md'), 'utf8');
    for (const uri of redirectUrisOf('claude')) expect(page).toContain(`\`${uri}\``);
  });
});
