import { describe, expect, it } from 'vitest';
import { Unreachable } from '../../../templates/src/runtime/client.js';
import { createHttpClient } from '../../../templates/src/runtime/net.js';
import { ProviderUnavailable } from '../../../templates/src/runtime/oauth/token.js';
import {
  createFetchDocument,
  findEndpoint,
  metadataUrls,
  type FetchDocument,
} from '../../../templates/src/runtime/oauth/verifier.js';
import { listen } from '../../support/http.js';

/** A provider that has these documents and nothing else; `asked` has the fetched URLs, in order. */
function provider(documents: Record<string, Record<string, unknown>>) {
  const asked: string[] = [];
  const fetch: FetchDocument = (url) => {
    asked.push(url);
    const document = documents[url];
    return document === undefined
      ? Promise.reject(new ProviderUnavailable(`${url} answered 404`))
      : Promise.resolve(document);
  };
  return { fetch, asked };
}

const issuer = 'https://as.example/realms/x';
const document = { issuer, jwks_uri: 'https://as.example/jwks' };

describe('discovery', () => {
  it('builds the URLs of an issuer with a path, without one, and with a trailing slash', () => {
    expect(metadataUrls(issuer)).toEqual([
      'https://as.example/.well-known/oauth-authorization-server/realms/x',
      'https://as.example/.well-known/openid-configuration/realms/x',
      'https://as.example/realms/x/.well-known/openid-configuration',
    ]);
    const bare = [
      'https://t.auth0.com/.well-known/oauth-authorization-server',
      'https://t.auth0.com/.well-known/openid-configuration',
    ];
    expect(metadataUrls('https://t.auth0.com/')).toEqual(bare);
    expect(metadataUrls('https://t.auth0.com')).toEqual(bare);
  });

  it.each(metadataUrls(issuer))('finds the keys by %s', async (url) => {
    const { fetch } = provider({ [url]: document });
    expect(await findEndpoint('jwks_uri', { issuer, issuers: [] }, fetch)).toBe(
      'https://as.example/jwks',
    );
  });

  it('refuses a document of another issuer, even if only a slash differs, and names the value to set', async () => {
    const [url = ''] = metadataUrls(issuer);
    const { fetch } = provider({ [url]: { ...document, issuer: `${issuer}/` } });
    await expect(findEndpoint('jwks_uri', { issuer, issuers: [issuer] }, fetch)).rejects.toThrow(
      /names the issuer "https:\/\/as.example\/realms\/x\/".*OAUTH_AUTHORIZATION_SERVER/,
    );
  });

  it('uses only the configured URL', async () => {
    const odd = provider({ 'https://odd.example/doc': document });
    expect(
      await findEndpoint(
        'jwks_uri',
        { issuer, issuers: [], metadataUrl: 'https://odd.example/doc' },
        odd.fetch,
      ),
    ).toBe('https://as.example/jwks');
    expect(odd.asked).toEqual(['https://odd.example/doc']);
  });

  it('does not follow a remote issuer to plain http on this machine', async () => {
    const [url = ''] = metadataUrls(issuer);
    const { fetch } = provider({ [url]: { ...document, jwks_uri: 'http://127.0.0.1:9/jwks' } });
    await expect(findEndpoint('jwks_uri', { issuer, issuers: [] }, fetch)).rejects.toThrow(
      /without https/,
    );
  });

  it.each([
    ['the same host over plain http', 'http://keycloak:8080/jwks', true],
    ['another port of it', 'http://keycloak:9090/jwks', true],
    ['https anywhere', 'https://keys.example/jwks', true],
    ['another host', 'http://other:8080/jwks', false],
    ['this machine', 'http://127.0.0.1:9/jwks', false],
  ])('of a host that allows plain http leads to %s: %s', async (_, uri, allowed) => {
    const metadataUrl = 'http://keycloak:8080/doc';
    const { fetch } = provider({ [metadataUrl]: { ...document, jwks_uri: uri } });
    const start = { issuer, issuers: [], metadataUrl, plainHosts: new Set(['keycloak']) };
    const found = findEndpoint('jwks_uri', start, fetch);
    if (allowed) expect(await found).toBe(uri);
    else await expect(found).rejects.toThrow(/without https/);
  });

  it('reports a URL that does not respond, although another one does', async () => {
    const [first, second = ''] = metadataUrls(issuer);
    const { fetch } = provider({ [second]: document });
    const silent: FetchDocument = (url, request) =>
      url === first
        ? Promise.reject(
            new ProviderUnavailable(`${url} hangs`, { cause: new Unreachable('no answer') }),
          )
        : fetch(url, request);
    const reasons: string[] = [];
    const onFailure = (reason: string) => void reasons.push(reason);
    await findEndpoint('jwks_uri', { issuer, issuers: [], onFailure }, silent);
    expect(reasons).toEqual([`${first} hangs; ${second} answered`]);
    // Most providers have nothing at one of the URLs.
    await findEndpoint('jwks_uri', { issuer, issuers: [], onFailure }, fetch);
    expect(reasons).toHaveLength(1);
  });

  it('names the URLs that were not tried for lack of time', async () => {
    const none = createFetchDocument(createHttpClient({}), { timeoutMs: 0 });
    await expect(findEndpoint('jwks_uri', { issuer, issuers: [] }, none)).rejects.toThrow(
      /oauth-authorization-server\S* was not tried.*openid-configuration\S* was not tried/,
    );
  });

  it('accepts a document that names the issuer of the tokens instead', async () => {
    const [url = ''] = metadataUrls(issuer);
    const named = { ...document, issuer: 'https://tokens.example' };
    const { fetch } = provider({ [url]: named });
    expect(
      await findEndpoint('jwks_uri', { issuer, issuers: ['https://tokens.example'] }, fetch),
    ).toBe('https://as.example/jwks');
  });

  it.each([
    [{ issuer: undefined }, /names the issuer undefined/],
    [{ issuer: undefined }, /: it is not the metadata of an authorization server/],
    [{ issuer: 'https://as.example/{tenantid}/v2.0' }, /: set .* to the issuer of one tenant/],
    [{ issuer: [issuer] }, /names the issuer \[/],
    [{ jwks_uri: undefined }, /has no jwks_uri/],
    [{ jwks_uri: ['https://as.example/jwks'] }, /has no jwks_uri/],
    [{ jwks_uri: '/jwks' }, /has no jwks_uri/],
  ])('refuses a document with %j', async (members, reason) => {
    const [url = ''] = metadataUrls(issuer);
    const { fetch } = provider({ [url]: { ...document, ...members } });
    await expect(findEndpoint('jwks_uri', { issuer, issuers: [] }, fetch)).rejects.toThrow(reason);
  });

  it('does not report a fault of this server as an outage', async () => {
    const broken: FetchDocument = () => Promise.reject(new TypeError('a bug'));
    await expect(findEndpoint('jwks_uri', { issuer, issuers: [] }, broken)).rejects.toThrow(
      TypeError,
    );
  });

  it('names every URL it tried', async () => {
    await expect(
      findEndpoint('jwks_uri', { issuer, issuers: [] }, provider({}).fetch),
    ).rejects.toThrow(/oauth-authorization-server.*openid-configuration.*openid-configuration/);
  });
});

const fetchDocument = createFetchDocument(createHttpClient({}), { timeoutMs: 10_000 });

describe('fetching from the provider', () => {
  it.each([
    ['a redirect', 302, { Location: 'http://127.0.0.1:1/' }, '{}'],
    ['an error', 500, {}, '{}'],
    ['HTML', 200, {}, '<html>'],
    ['an array', 200, {}, '[]'],
    ['too much', 200, {}, `{"a":"${'x'.repeat(1_048_576)}"}`],
  ])('gives up on %s', async (_, status, headers, body) => {
    const server = await listen((_request, response) =>
      response.writeHead(status, headers as Record<string, string>).end(body),
    );
    await expect(fetchDocument(server.url)).rejects.toThrow(ProviderUnavailable);
    await server.close();
  });

  it('gives up on plain http, except on loopback', async () => {
    await expect(fetchDocument('http://as.example/')).rejects.toThrow(/not an https URL/);
    const server = await listen((_request, response) => response.end('{"ok":true}'));
    expect(await fetchDocument(server.url)).toEqual({ ok: true });
    await server.close();
  });

  it('ends with the signal, however slow the response', async () => {
    const server = await listen((_request, response) => void response.write('{'));
    const soon = createFetchDocument(createHttpClient({}), { timeoutMs: 50 });
    await expect(soon(server.url)).rejects.toThrow(ProviderUnavailable);
    await server.close();
  });
});
