import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../../src/commands/doctor/check.js';
import { createAuthority, type Authority } from '../support/certificates.js';
import { root } from '../support/fixtures.js';
import { listenSecurely } from '../support/https.js';
import { Processes } from '../support/processes.js';

let authority: Authority;
let folder: string;
const processes = new Processes();

beforeAll(async () => {
  authority = await createAuthority('Doctor test');
  folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-doctor-'));
  await writeFile(join(folder, 'ca.pem'), authority.ca);
});

afterAll(async () => {
  await processes.close();
  await rm(folder, { recursive: true, force: true });
});

/** A process reads its trusted authorities at the start, so this test has a separate process. */
async function examine(expired: boolean, trusted: boolean): Promise<Check[]> {
  const identity = await authority.issue({ name: '127.0.0.1', hosts: ['127.0.0.1'], expired });
  const server = await listenSecurely(identity, (request, response) => {
    const { host = '' } = request.headers;
    response.end(JSON.stringify({ issuer: `https://${host}` }));
  });
  const script = join(root, 'test/support/run-cli.ts');
  const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
  try {
    const args = [tsx, script, 'doctor', '--oauth-server', server.url, '--json'];
    const env: Record<string, string> = trusted
      ? { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') }
      : {};
    const printed = await processes
      .run({ command: process.execPath, args, cwd: root, env })
      .catch((error: unknown) => String(error));
    const { checks } = JSON.parse(printed.slice(printed.indexOf('{'))) as { checks: Check[] };
    return checks.filter(({ id, status }) => id === 'metadata' && status !== 'skip');
  } finally {
    await server.close();
  }
}

describe('a certificate', () => {
  it('that has expired is reported', async () => {
    const [metadata] = await examine(true, true);
    expect(metadata?.status).toBe('fail');
    expect(metadata?.found).toContain('its certificate has expired');
    expect(metadata?.remedy).toBe('Renew the certificate.');
  });

  it('that is not trusted is reported differently', async () => {
    const [metadata] = await examine(false, false);
    expect(metadata?.status).toBe('fail');
    expect(metadata?.found).not.toContain('expired');
    expect(metadata?.remedy).toContain('NODE_EXTRA_CA_CERTS');
  });

  it('that is valid is not mentioned', async () => {
    expect(await examine(false, true)).toMatchObject([{ status: 'pass' }]);
  });
});
