import { afterEach, describe, expect, it } from 'vitest';
import { checkIssuer, reportOn } from '../../src/commands/init/issuer-report.js';
import type { Json, JsonObject } from '../../src/json.js';
import { listen } from '../support/http.js';

const issuer = 'https://auth.example.com';
const metadata = {
  issuer,
  code_challenge_methods_supported: ['plain', 'S256'],
  registration_endpoint: 'https://auth.example.com/register',
  client_id_metadata_document_supported: true,
};
const keys: JsonObject = {
  keys: [{ kty: 'RSA', alg: 'RS256' }, { kty: 'EC', crv: 'P-256' }, { kty: 'RSA' }],
};

describe('a report on an authorization server', () => {
  it('summarizes what clients and this server find', () => {
    expect(reportOn(issuer, metadata, keys)).toEqual({
      issuer,
      ok: true,
      facts: [
        'The issuer matches its metadata, and PKCE with S256 is supported.',
        'Clients register with client ID metadata documents or by dynamic registration.',
        '3 keys: RS256, P-256, RSA.',
      ],
      concerns: [],
    });
  });

  it('refuses an issuer that is spelt differently (RFC 8414 section 3.3)', () => {
    const { ok, concerns } = reportOn(issuer, { ...metadata, issuer: `${issuer}/` }, keys);
    expect(ok).toBe(false);
    expect(concerns[0]).toContain('https://auth.example.com/, ');
  });

  it.each([undefined, ['plain'], 'S256'])('requires PKCE with S256, not %j', (methods) => {
    const { ok, concerns } = reportOn(
      issuer,
      { ...metadata, code_challenge_methods_supported: methods as Json },
      keys,
    );
    expect(ok).toBe(false);
    expect(concerns[0]).toContain('PKCE');
  });

  it('only warns of an issuer without client registration', () => {
    const {
      registration_endpoint: _,
      client_id_metadata_document_supported: __,
      ...bare
    } = metadata;
    const { ok, concerns } = reportOn(issuer, bare, keys);
    expect(ok).toBe(true);
    expect(concerns).toEqual(['Clients cannot register themselves: give each client a client ID.']);
  });

  it('requires keys or introspection', () => {
    expect(reportOn(issuer, metadata, undefined).ok).toBe(false);
    expect(reportOn(issuer, metadata, { keys: [] }).ok).toBe(false);
    expect(reportOn(issuer, metadata, 'status 404').concerns).toEqual([
      'Its keys cannot be read: status 404.',
    ]);
    const opaque = { ...metadata, introspection_endpoint: 'https://auth.example.com/introspect' };
    const { ok, facts } = reportOn(issuer, opaque, undefined);
    expect(ok).toBe(true);
    expect(facts.at(-1)).toContain('OAUTH_TOKEN_FORMAT=opaque');
  });
});

describe('a check of an authorization server', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(() => close?.());

  /** Answers these paths with JSON, and others with 404. */
  async function serve(pages: (origin: string) => Record<string, unknown>) {
    let answers: Record<string, unknown> = {};
    const server = await listen((request, response) => {
      const page = answers[request.url ?? ''];
      if (page === undefined) response.writeHead(404).end();
      else response.setHeader('content-type', 'application/json').end(JSON.stringify(page));
    });
    close = () => server.close();
    answers = pages(server.url);
    return server.url;
  }

  it('reads the metadata at the URL of OpenID Connect, and the keys', async () => {
    const origin = await serve((url) => ({
      '/tenant/.well-known/openid-configuration': {
        ...metadata,
        issuer: `${url}/tenant`,
        jwks_uri: `${url}/jwks`,
      },
      '/jwks': keys,
    }));
    const report = await checkIssuer(`${origin}/tenant`);
    expect(report).toMatchObject({ ok: true, concerns: [] });
    expect(report.facts).toContain('3 keys: RS256, P-256, RSA.');
  });

  it('names every URL without metadata', async () => {
    const origin = await serve(() => ({}));
    expect(await checkIssuer(`${origin}/tenant`)).toEqual({
      issuer: `${origin}/tenant`,
      ok: false,
      facts: [],
      concerns: [
        '/.well-known/oauth-authorization-server/tenant',
        '/.well-known/openid-configuration/tenant',
        '/tenant/.well-known/openid-configuration',
      ].map((path) => `No metadata at ${origin}${path}: status 404.`),
    });
  });

  it('reports why keys cannot be read', async () => {
    const origin = await serve((url) => ({
      '/.well-known/oauth-authorization-server': {
        ...metadata,
        issuer: url,
        jwks_uri: `${url}/none`,
      },
    }));
    expect((await checkIssuer(origin)).concerns).toEqual(['Its keys cannot be read: status 404.']);
  });
});
