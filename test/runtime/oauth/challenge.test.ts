import { describe, expect, it } from 'vitest';
import { createChallenges } from '../../../templates/src/runtime/oauth/gate.js';
import type { HttpResponse } from '../../../templates/src/runtime/http.js';
import type { ScopeRules } from '../../../templates/src/runtime/oauth/scopes.js';
import { audience, resourceOf } from './oauth.js';

const resource = resourceOf(audience);
const metadata = 'resource_metadata="https://m.example/.well-known/oauth-protected-resource/mcp"';
const rules: ScopeRules = {
  byTool: {},
  implies: new Map(),
  prefix: 'api://x/',
  supported: [],
  baseline: ['a', 'b'],
};
const challenges = createChallenges(resource, rules);
const bare = createChallenges(resource, { ...rules, baseline: [] });

function headerOf(response: HttpResponse) {
  return response.headers['WWW-Authenticate'];
}

describe('challenges', () => {
  it('ask for a token, with the scopes in the provider’s spelling', () => {
    const response = challenges.missing;
    expect(response.status).toBe(401);
    expect(headerOf(response)).toBe(`Bearer scope="api://x/a api://x/b", ${metadata}`);
  });

  it('omit an empty scope', () => {
    expect(headerOf(bare.missing)).toBe(`Bearer ${metadata}`);
    expect(bare.stepUp([])).not.toContain('scope=');
  });

  it('name the error, a fixed description, the scopes and the metadata, in one header', () => {
    const response = challenges.invalid;
    expect(response.status).toBe(401);
    expect(headerOf(response)).toBe(
      `Bearer error="invalid_token", error_description="The access token is missing, expired or not meant for this server.", scope="api://x/a api://x/b", ${metadata}`,
    );
    expect(challenges.insufficient(['a']).status).toBe(403);
    expect(headerOf(challenges.insufficient(['a']))).toBe(challenges.stepUp(['a']));
    expect(challenges.stepUp(['a'])).toBe(
      `Bearer error="insufficient_scope", error_description="The access token lacks a scope that this request needs.", scope="a", ${metadata}`,
    );
  });

  it('name no scope for a malformed header: none would fix it', () => {
    const response = challenges.malformed;
    expect(response.status).toBe(400);
    expect(headerOf(response)).toMatch(
      /^Bearer error="invalid_request", error_description="[^"]+"$/,
    );
  });

  it('keep quotes, backslashes and non-ASCII characters within their quoted string', () => {
    expect(challenges.stepUp(['a"b', 'c\\d', 'é\r\nx'])).toContain('scope="a\\"b c\\\\d x", ');
  });

  it('repeat the error in a body for people', () => {
    expect(challenges.invalid.body).toContain('"error":"invalid_token"');
    expect(challenges.missing.body).toContain('"error":"unauthorized"');
  });
});
