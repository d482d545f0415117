import { describe, expect, it } from 'vitest';
import { isLoopback, urlFault } from '../../../templates/src/runtime/http.js';
import { parseResource } from '../../../templates/src/runtime/oauth/metadata.js';

describe('loopback', () => {
  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.1.2.3', '::1', '[::1]'])('is %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '::',
    'notlocalhost',
    'localhost.example',
    '127.0.0.1.example',
    'x127.0.0.1',
    '127.0.0',
    '::1.example',
    '',
  ])('is not %j', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe('the URL of a party', () => {
  it.each([
    ['https://as.example', undefined],
    ['https://as.example/a/', undefined],
    ['http://localhost:3000', undefined],
    ['http://[::1]:3000', undefined],
    ['as.example', 'must be an absolute URL'],
    ['https://as.example/a b', 'must be an absolute URL'],
    ['https://as.\nexample', 'must be an absolute URL'],
    ['https://as.example/\x01', 'must be an absolute URL'],
    ['https://as.example/{tenantid}/v2.0', 'must be an absolute URL'],
    ['https://<tenant>.as.example', 'must be an absolute URL'],
    ['https://as.example/"', 'must be an absolute URL'],
    ['https://m.example/mcp,https://n.example/mcp', 'must be an absolute URL'],
    ['https://m.example/a,b', undefined],
    ['http://as.example', 'must begin with https://'],
    ['ftp://localhost', 'must begin with https://'],
    ['https://user@as.example', 'must not contain a user name or password'],
    ['https://:pass@as.example', 'must not contain a user name or password'],
    ['https://as.example/#', 'must not contain a fragment'],
    ['https://as.example/?', 'must not contain a query'],
    ['https://as.example/?a=b', 'must not contain a query'],
  ])('%j: %s', (url, fault) => {
    expect(urlFault(url)?.slice(0, fault?.length)).toBe(fault);
  });

  it('has a query only if that is allowed', () => {
    expect(urlFault('https://as.example/?a=b', { query: true })).toBeUndefined();
    expect(urlFault('https://as.example/?a=b', { query: false })).toBe('must not contain a query');
  });
});

describe('a resource', () => {
  it('keeps its query, in its identifier, its audience and the URL of its metadata', () => {
    expect(parseResource('https://m.example/mcp?tenant=a')).toEqual({
      url: 'https://m.example/mcp?tenant=a',
      origin: 'https://m.example',
      hostname: 'm.example',
      paths: ['/mcp'],
      metadataUrl: 'https://m.example/.well-known/oauth-protected-resource/mcp?tenant=a',
      audiences: ['https://m.example/mcp?tenant=a'],
    });
    expect(parseResource('https://m.example/?a')).toMatchObject({
      audiences: ['https://m.example/?a'],
    });
  });

  it('has only one spelling if it has a path', () => {
    expect(parseResource('https://m.example/a/')).toMatchObject({
      audiences: ['https://m.example/a/'],
    });
  });

  it.each(['/healthz', '/readyz', '/.well-known', '/.well-known/', '/.well-known/x'])(
    'is not at %s',
    (path) => {
      expect(parseResource(`https://m.example${path}`)).toMatch(/reserved/);
    },
  );

  it.each(['/healthz/mcp', '/readyz2', '/.well-knownx', '/a/healthz'])('may be at %s', (path) => {
    expect(parseResource(`https://m.example${path}`)).toMatchObject({ paths: ['/mcp', path] });
  });
});
