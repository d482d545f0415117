import { describe, expect, it } from 'vitest';
import { consentPage, errorPage, loginPage } from '../../src/commands/dev/pages.js';

const hostile = '<script>alert(1)</script>"\'&';
const setting = { title: hostile, scopes: { read: hostile } };
const request = { client: hostile, redirectUri: 'https://app.example/callback', user: hostile };

describe('the pages', () => {
  it.each([
    ['login', () => loginPage(setting, request)],
    ['consent', () => consentPage(setting, { ...request, scopes: ['read', hostile] })],
    ['error', () => errorPage(setting, hostile)],
  ])('%s: names are text, whatever they hold', (_name, page) => {
    const html = page();
    expect(html).not.toMatch(/<script|alert\(1\)<\/script>"/);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).not.toContain('"\'&<');
  });

  it('consent says in words what is allowed, and where it goes', () => {
    const page = (redirectUri: string, scopes: string[]) =>
      consentPage(
        { title: 'Notes', scopes: { read: 'See notes' } },
        { ...request, redirectUri, scopes },
      );
    expect(page('https://app.example:8443/callback?x=1', ['read'])).toMatch(
      /See notes[^]*https:\/\/app\.example:8443</,
    );
    expect(page('cursor://anysphere.cursor-mcp/oauth', [])).toContain(
      'cursor://anysphere.cursor-mcp<',
    );
    expect(page('https://a.example/', ['offline_access', 'constructor'])).toMatch(
      /Stay signed in[^]*<code>constructor/,
    );
    expect(page('https://a.example/', [])).toContain('need no extra permission');
  });
});
