import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePlace, type Place } from '../commands/pets.js';
import { run } from '../support/command-line.js';
import { listen } from '../support/http.js';
import { Session } from './session.js';

let place: Place;

beforeEach(async () => {
  place = await makePlace();
});

afterEach(() => place.remove());

const init = (...flags: string[]) => run(['init', '-o', place.output, ...flags]);

describe('init without a terminal', () => {
  it('names all missing flags at once', async () => {
    const { status, stdout } = await init('--json');
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      problems: [{ place: '--url' }, { place: '--oauth-server' }],
    });
    expect((await init('-u', place.spec)).stderr).toContain('MISSING_OPTION at --oauth-server');
    expect((await init('--auth', 'none')).stderr).toContain('MISSING_OPTION at --url');
    expect(existsSync(place.output)).toBe(false);
  });

  it('asks nothing in CI either, where jobs may run in a terminal', async () => {
    const { status, stderr } = await new Session(['init'], { env: { CI: 'true' } }).result();
    expect([status, stderr]).toEqual([2, expect.stringContaining('MISSING_OPTION at --url')]);
  });

  it('does the rest, and prints the command and the variables that are not set yet', async () => {
    const { status, stdout, stderr } = await init('-u', place.spec, '--auth', 'none');
    expect(status).toBe(0);
    expect(stdout).toContain('pets: 3 tools');
    expect(stderr).toContain(`--url "${place.spec}" \\\n  --auth none`);
    expect(stderr).toContain('UPSTREAM_CLIENT_SECRET=…');
    expect(existsSync(place.output)).toBe(true);
  });

  it('prints one object with --json, with its findings about the issuer', async () => {
    const { status, stdout, stderr } = await init(
      ...['-u', place.spec, '--oauth-server', 'http://127.0.0.1:9', '--json'],
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      name: 'pets',
      tools: 3,
      command: [
        'openapi-to-mcp',
        'generate',
        '--url',
        place.spec,
        '--oauth-server',
        expect.any(String),
        '--output',
        place.output,
      ],
      variables: ['UPSTREAM_CLIENT_ID', 'UPSTREAM_CLIENT_SECRET'],
      issuer: { ok: false, issuer: 'http://127.0.0.1:9' },
    });
  });

  it('shows no control characters of an authorization server on a terminal', async () => {
    const server = await listen((_, response) =>
      response.end(JSON.stringify({ issuer: 'x\u001b[2J' })),
    );
    try {
      const { status, stderr } = await init('-u', place.spec, '--oauth-server', server.url);
      expect(status).toBe(0);
      expect(stderr).toContain('the issuer is x\uFFFD[2J, ');
      expect(stderr).not.toContain('\u001b');
    } finally {
      await server.close();
    }
  });
});
