import { UnsecuredJWT } from 'jose';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { main } from '../../src/cli.js';
import type { Check } from '../../src/commands/doctor/check.js';
import { Sink } from '../support/command-line.js';
import { listen } from '../support/http.js';

async function doctor(argv: readonly string[], token?: string): Promise<string> {
  const stdout = new Sink();
  const stdin = Readable.from(token === undefined ? [] : [token]);
  await main(['doctor', ...argv], { stdout, stderr: new Sink(), stdin });
  return stdout.text;
}

async function checksOf(argv: readonly string[], token?: string): Promise<Record<string, Check>> {
  const { checks } = JSON.parse(await doctor([...argv, '--json'], token)) as { checks: Check[] };
  return Object.fromEntries(checks.map((check) => [check.id, check]));
}

/** A server that answers requests with a token in its own way, and names itself `resource`. */
async function serve(status: number, error: string, resource?: string) {
  const server = await listen((request, response) => {
    const url = `http://${request.headers.host ?? ''}`;
    const place = `${url}/.well-known/oauth-protected-resource/mcp`;
    const servers = ['http://127.0.0.1:9'];
    if (request.method === 'GET')
      response.end(
        JSON.stringify({ resource: resource ?? `${url}/mcp`, authorization_servers: servers }),
      );
    else if (request.headers.authorization === undefined)
      response.writeHead(401, { 'WWW-Authenticate': `Bearer resource_metadata="${place}"` }).end();
    else response.writeHead(status).end(JSON.stringify({ error }));
  });
  return { ...server, mcp: `${server.url}/mcp` };
}

const tokenFor = (aud: string, exp: number | string = '1h') =>
  new UnsecuredJWT({ aud, iss: 'http://127.0.0.1:9', sub: 'a' }).setExpirationTime(exp).encode();

describe('a server that refuses the token', () => {
  it.each<[number, string, string, RegExp]>([
    [401, 'invalid_token', 'It refuses the token: invalid_token.', /checks of the token/],
    [403, 'insufficient_scope', 'It refuses the token: insufficient_scope.', /checks of the token/],
    [
      503,
      'temporarily_unavailable',
      'It cannot validate the token: temporarily_unavailable.',
      /checks of the authorization server.*provider_failure/,
    ],
  ])('with %d is not reported to lack both eras', async (status, error, found, remedy) => {
    const server = await serve(status, error);
    const checks = await checksOf(['--server', server.mcp, '--token', '-'], tokenFor(server.mcp));
    await server.close();
    expect(checks['server-eras']).toMatchObject({ status: 'fail', found });
    expect(checks['server-eras']?.remedy).toMatch(remedy);
  });

  it('because it is another resource: the audience is compared with its own', async () => {
    const server = await serve(401, 'invalid_token', 'https://mcp.example.com/mcp');
    const argv = ['--server', server.mcp, '--oauth-server', 'http://127.0.0.1:9', '--token', '-'];
    const wrong = await checksOf(argv, tokenFor(server.mcp));
    const right = await checksOf(argv, tokenFor('https://mcp.example.com/mcp'));
    await server.close();
    expect(wrong['token-audience']).toMatchObject({ status: 'fail' });
    expect(right['token-audience']).toMatchObject({ status: 'pass' });
  });

  it.each<[number, string]>([
    [90, 'It expired 90 s ago.'],
    [50 * 60, 'It expired 50 min ago.'],
    [30 * 3600, 'It expired 30 h ago.'],
    [400 * 86_400, 'It expired 400 days ago.'],
  ])(
    'because it expired (%d s) is reported with the time in a unit that fits',
    async (seconds, found) => {
      vi.useFakeTimers({ toFake: ['Date'] });
      onTestFinished(() => void vi.useRealTimers());
      const exp = Date.now() / 1000 - seconds;
      const argv = ['--oauth-server', 'http://127.0.0.1:9', '--token', '-'];
      const checks = await checksOf(argv, tokenFor('https://mcp.example.com/mcp', exp));
      expect(checks['token-time']?.found).toBe(found);
    },
  );
});

describe('a server that is not there', () => {
  it('is not called unfit, and nothing else is reported', async () => {
    const server = await serve(200, '');
    await server.close();
    const text = await doctor(['--server', server.mcp]);
    expect(text).toContain('No response: ECONNREFUSED.');
    expect(text).toContain('Not checked: the server cannot be reached.');
    expect(text).not.toContain('/.well-known');
  });
});
