import { describe, expect, it } from 'vitest';
import { createAnswer } from '../../templates/src/runtime/answer.js';
import { readHttpSettings } from '../../templates/src/runtime/settings.js';
import { plainRequest } from '../support/plain-request.js';
import { testApi } from '../support/server.js';

const settings = readHttpSettings(testApi, {
  OAUTH_AUTHORIZATION_SERVER: 'https://as.example',
  MCP_RESOURCE_URL: 'https://m.example/mcp',
  MCP_ALLOWED_HOSTS: 'Internal.Example [FD00::1]',
  MCP_ALLOWED_ORIGINS: 'https://app.example',
});

const answer = createAnswer({
  api: testApi,
  settings,
  call: () => Promise.resolve({ result: { content: [] } }),
  verifier: { verify: () => Promise.reject(new Error()), ready: () => Promise.resolve(true) },
  audit: () => undefined,
});

/** Without credentials, so that a request with valid host and origin ends with 401. */
async function statusFor(...headers: readonly string[]): Promise<number> {
  return (await answer(plainRequest({ headers }))).status;
}

const PASSED = 401;

describe('the Host of a request', () => {
  it.each([
    'm.example',
    'M.EXAMPLE',
    'm.example:443',
    'm.example:65535',
    'localhost:3000',
    '[::1]:3000',
    'internal.example',
    '[fd00::1]',
  ])('may be %s', async (host) => {
    expect(await statusFor('Host', host)).toBe(PASSED);
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'evil-m.example',
    'm.example.evil.example',
    'm.example.',
    'm.example:',
    'm.example:65536',
    'm.example:000443',
    'm.example:0x50',
    'm.example:443:443',
    'user@m.example',
    '::1',
  ])('must not be %j', async (host) => {
    expect(await statusFor(...(host === undefined ? [] : ['Host', host]))).toBe(421);
  });

  it('must not come twice, whichever comes first', async () => {
    expect(await statusFor('Host', 'm.example', 'host', 'evil.example')).toBe(400);
    expect(await statusFor('host', 'evil.example', 'Host', 'm.example')).toBe(400);
  });
});

describe('the Origin of a request', () => {
  it.each([undefined, 'https://m.example', 'https://app.example'])('may be %j', async (origin) => {
    const lines = origin === undefined ? [] : ['Origin', origin];
    expect(await statusFor('Host', 'm.example', ...lines)).toBe(PASSED);
  });

  it.each([
    '',
    'null',
    'http://m.example',
    'https://m.example:8443',
    'https://m.example.evil.example',
    'https://m.example/',
    'https://M.example',
    'https://m.exampl',
  ])('must not be %j', async (origin) => {
    expect(await statusFor('Host', 'm.example', 'Origin', origin)).toBe(403);
  });

  it('must not be a listed one and another', async () => {
    const lines = ['Origin', 'https://app.example', 'origin', 'https://evil.example'];
    expect(await statusFor('Host', 'm.example', ...lines)).toBe(403);
  });
});

describe('CORS', () => {
  it('is only for browsers', async () => {
    const { headers } = await answer(plainRequest({ headers: ['Host', 'm.example'] }));
    expect(Object.keys(headers).filter((name) => name.startsWith('Access-'))).toEqual([]);
  });

  it('is not granted to an origin that is refused', async () => {
    const headers = ['Host', 'm.example', 'Origin', 'https://evil.example'];
    const refused = await answer(plainRequest({ headers }));
    expect(Object.keys(refused.headers).filter((name) => name.startsWith('Access-'))).toEqual([]);
  });

  it('lets an allowed origin send and read everything that MCP needs, without cookies', async () => {
    const headers = ['Host', 'm.example', 'Origin', 'https://app.example'];
    const preflight = await answer(plainRequest({ method: 'OPTIONS', headers }));
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'Access-Control-Allow-Origin': 'https://app.example',
      'Access-Control-Allow-Methods': 'GET, POST, DELETE, OPTIONS',
      'Access-Control-Allow-Headers':
        'Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Session-Id, Last-Event-ID, Mcp-Method, Mcp-Name',
      'Access-Control-Expose-Headers': 'WWW-Authenticate, MCP-Protocol-Version, Retry-After',
      'Access-Control-Max-Age': '600',
      Vary: 'Origin',
    });
  });
});
