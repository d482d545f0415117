import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/load/document.js';
import { plan } from '../../src/plan/make-plan.js';
import { documentOf } from './helpers.js';

/** The scheme `s` of a document from that URL, as it is planned. */
function planned(scheme: JsonObject, url?: string) {
  const openapi = {
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    paths: { '/x': { get: {} } },
    components: { securitySchemes: { s: scheme } },
  };
  return plan(documentOf(openapi, url)).api.securitySchemes['s'];
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
  ])('%s is none', (written) => {
    expect(planned(oauth(written), url)).toEqual({ type: 'oauth2' });
    expect(planned(oidc(written), url)).toEqual(oidc(''));
  });

  it('have no origin in a document that has no URL', () => {
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
