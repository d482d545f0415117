import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/load/document.js';
import { plan } from '../../src/plan/plan.js';
import { signInsOf } from '../../src/project/sign-ins.js';
import { loadDocument } from '../load/helpers.js';
import { documentOf, planPaths } from './helpers.js';

/** The planned scheme `s` of a document from that URL. */
function planned(scheme: JsonObject, url?: string) {
  return plan(documentOf(withScheme(scheme), url)).api.securitySchemes['s'];
}

function withScheme(scheme: JsonObject) {
  return {
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    paths: { '/x': { get: {} } },
    components: { securitySchemes: { s: scheme } },
  };
}

const url = 'https://api.example.com/docs/openapi.json';
const oauth = (tokenUrl: string) => ({
  type: 'oauth2',
  flows: { clientCredentials: { tokenUrl } },
});
const oidc = (openIdConnectUrl: string) => ({ type: 'openIdConnect', openIdConnectUrl });

describe('endpoints of security schemes', () => {
  it.each([
    ['https://auth.example.com', 'https://auth.example.com'],
    ['/token', 'https://api.example.com/token'],
    ['token?x=1', 'https://api.example.com/docs/token?x=1'],
    ['//auth.example.com/token', 'https://auth.example.com/token'],
  ])('%s is %s', (written, expected) => {
    expect(planned(oauth(written), url)).toEqual({ type: 'oauth2', tokenUrl: expected });
    expect(planned(oidc(written), url)).toEqual(oidc(expected));
  });

  it.each([
    'ftp://auth.example.com/token',
    'javascript:alert(1)',
    'https://u:p@h.example',
    'http://',
  ])('%s is ignored', (written) => {
    expect(planned(oauth(written), url)).toEqual({ type: 'oauth2' });
    expect(planned(oidc(written), url)).toEqual(oidc(''));
  });

  it('have no origin in a document without a URL', () => {
    expect(planned(oauth('/token'))).toEqual({ type: 'oauth2' });
    expect(planned(oidc('/.well-known/openid-configuration'))).toEqual(oidc(''));
  });

  it('are those of the first flow that has a usable one', () => {
    const flows = {
      authorizationCode: { tokenUrl: 'https://a.example/code' },
      clientCredentials: { tokenUrl: 'ftp://a.example' },
    };
    expect(planned({ type: 'oauth2', flows })).toEqual({
      type: 'oauth2',
      tokenUrl: 'https://a.example/code',
    });
  });
});

describe('schemes that documents misspell', () => {
  const key = { type: 'apiKey', in: 'header', name: 'X-Key', variable: 'UPSTREAM_API_KEY' };
  const basic = { type: 'http', scheme: 'basic' };
  const bearer = { type: 'http', scheme: 'bearer' };
  const token = { tokenUrl: 'https://a.example/token' };

  it.each([
    [{ type: 'apikey', in: 'Header', name: 'X-Key' }, key],
    [{ type: 'APIKEY', in: 'header', name: 'X-Key ' }, key],
    [{ type: 'basic' }, basic],
    [{ type: 'Bearer' }, bearer],
    [{ type: 'HTTP', scheme: 'Bearer' }, bearer],
    [{ type: 'http', bearerFormat: 'JWT' }, bearer],
    [{ type: 'http' }, { type: 'http', scheme: '' }],
    [{ type: 'OAuth2' }, { type: 'oauth2' }],
    [
      { type: 'oauth2', flow: 'application', ...token },
      { type: 'oauth2', ...token },
    ],
    [
      { type: 'oauth2', flows: { application: token } },
      { type: 'oauth2', ...token },
    ],
    [{ type: 'openidconnect', openIdConnectUrl: 'https://a.example' }, oidc('https://a.example')],
    [{ type: 'mutualTls' }, { type: 'mutualTLS' }],
    [{ type: 'apiKey', in: 'body', name: 'key' }, undefined],
    [{ type: 1 }, undefined],
  ])('%j', async (written, expected) => {
    const document = await loadDocument(withScheme(written));
    expect(plan(document).api.securitySchemes['s']).toEqual(expected);
  });

  it('are those that users sign in with, too', async () => {
    const urls = { authorizationUrl: 'https://a.example/auth', ...token };
    const oauth2 = withScheme({ type: 'OAuth2', flows: { authorizationCode: urls } });
    const oidc = withScheme({ type: 'openidconnect', openIdConnectUrl: 'https://a.example' });
    const [first, second] = [await loadDocument(oauth2), await loadDocument(oidc)];
    expect(signInsOf(first.openapi)).toEqual([{ scheme: 's', ...urls }]);
    expect(signInsOf(second.openapi)).toEqual([
      { scheme: 's', discoveryUrl: 'https://a.example/' },
    ]);
  });

  it('have the fields of 2.0 if it is the document of one', async () => {
    const document = await loadDocument({
      swagger: '2.0',
      info: { title: 'T', version: '1' },
      paths: { '/x': { get: {} } },
      securityDefinitions: { s: { type: 'OAuth2', flow: 'application', ...token } },
    });
    const { schemes } = plan(document).upstream;
    expect(schemes[0]?.clientCredentials).toBe(true);
  });

  it('are those of 2.0 even if the document has some of 3.0 too', async () => {
    const document = await loadDocument({
      swagger: '2.0',
      info: { title: 'T', version: '1' },
      paths: { '/x': { get: {} } },
      securityDefinitions: { s: { type: 'basic' } },
      components: { securitySchemes: { other: { type: 'http', scheme: 'bearer' } } },
    });
    expect(plan(document).api.securitySchemes['s']).toEqual({ type: 'http', scheme: 'basic' });
  });
});

describe('the name of a scheme in a requirement', () => {
  const required = (name: string, ...defined: string[]) => {
    const key = { type: 'apiKey', in: 'header', name: 'X-Key' };
    const securitySchemes = Object.fromEntries(defined.map((one) => [one, key]));
    const operation = { operationId: 'op', security: [{ [name]: [] }] };
    const { api } = planPaths({ '/x': { get: operation } }, { components: { securitySchemes } });
    return Object.keys(api.tools[0]?.request.security?.[0] ?? {});
  };

  it.each([
    ['api_key', ['apiKey', 'other'], 'apiKey'],
    ['APIKEY', ['api-key'], 'api-key'],
    ['apiKey', ['api_key', 'apiKey'], 'apiKey'],
    ['api key', ['api_key', 'apiKey'], 'api key'],
    ['token', ['apiKey'], 'token'],
  ])('%s is, of %j, %s', (name, defined, expected) => {
    expect(required(name, ...defined)).toEqual([expected]);
  });
});

describe('the variables of API keys', () => {
  const variables = (...names: string[]) => {
    const key = { type: 'apiKey', in: 'header', name: 'X-Key' };
    const securitySchemes = Object.fromEntries(names.map((name) => [name, key]));
    const openapi = {
      openapi: '3.1.0',
      info: { title: 'T', version: '1' },
      paths: { '/x': { get: {} } },
      components: { securitySchemes },
    };
    const { api } = plan(documentOf(openapi));
    return Object.values(api.securitySchemes).map(
      (scheme) => 'variable' in scheme && scheme.variable,
    );
  };

  it('have the name of the scheme if there are several', () => {
    expect(variables('file')).toEqual(['UPSTREAM_API_KEY']);
    expect(variables('a', 'profile')).toEqual(['UPSTREAM_API_KEY_A', 'UPSTREAM_API_KEY_PROFILE']);
  });

  it('never have the name of a variable for a file with a key', () => {
    const [key, file, ofKey] = variables('a', 'file', 'keyFile');
    expect(key).toBe('UPSTREAM_API_KEY_A');
    expect(file).toMatch(/^UPSTREAM_API_KEY_FILE_[0-9A-F]+$/);
    expect(ofKey).toMatch(/^UPSTREAM_API_KEY_KEY_FILE_[0-9A-F]+$/);
  });
});
