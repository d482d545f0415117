import { describe, expect, it } from 'vitest';
import { corsHeaders, refuseHost, refuseOrigin } from '../../templates/src/runtime/origin.js';
import { readHttpSettings } from '../../templates/src/runtime/settings.js';
import { testApi } from '../support/server.js';

const settings = readHttpSettings(testApi, {
  OAUTH_AUTHORIZATION_SERVER: 'https://as.example',
  MCP_RESOURCE_URL: 'https://m.example/mcp',
  MCP_ALLOWED_HOSTS: 'Internal.Example [FD00::1]',
  MCP_ALLOWED_ORIGINS: 'https://app.example',
});

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
  ])('may be %s', (host) => {
    expect(refuseHost(['Host', host], settings)).toBeUndefined();
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
  ])('must not be %j', (host) => {
    expect(refuseHost(host === undefined ? [] : ['Host', host], settings)?.status).toBe(421);
  });
});

describe('the Origin of a request', () => {
  it.each([undefined, 'https://m.example', 'https://app.example'])('may be %j', (origin) => {
    expect(refuseOrigin(origin, settings)).toBeUndefined();
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
  ])('must not be %j', (origin) => {
    expect(refuseOrigin(origin, settings)?.status).toBe(403);
  });
});

describe('CORS', () => {
  it('is for browsers alone', () => {
    expect(corsHeaders(undefined)).toEqual({});
  });

  it('lets an allowed origin send and read all that MCP needs, without cookies', () => {
    expect(corsHeaders('https://app.example')).toEqual({
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

it('refuses two hosts, whichever comes first', () => {
  const lines = ['Host', 'm.example', 'host', 'evil.example'];
  expect(refuseHost(lines, settings)?.status).toBe(400);
});
