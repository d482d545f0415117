import { describe, expect, it } from 'vitest';
import {
  effectiveScopes,
  mayCall,
  parseImplications,
  stepUpScopes,
  withPrefix,
  type ScopeRules,
} from '../../../templates/src/runtime/oauth/scopes.js';

const rules: ScopeRules = {
  byTool: { free: [], read: [['read']], either: [['a', 'b'], ['c']] },
  implies: new Map([
    ['admin', ['write']],
    ['write', ['read']],
  ]),
  prefix: '',
  supported: ['a', 'b', 'c', 'read', 'write'],
  baseline: ['read'],
};

describe('scopes', () => {
  it.each([
    ['free', [], true],
    ['read', ['read'], true],
    ['read', ['Read'], false],
    ['read', [], false],
    ['either', ['a', 'b'], true],
    ['either', ['a'], false],
    ['either', ['c'], true],
    ['read', ['admin'], true],
    ['unknown', ['read'], false],
    ['toString', ['read'], false],
  ])('%s with %j: %s', (tool, granted, allowed) => {
    expect(mayCall(tool, granted, rules)).toBe(allowed);
  });

  it('requests the alternative with the fewest missing scopes, and keeps those of the token', () => {
    expect(stepUpScopes(['either'], ['a', 'foreign'], rules)).toEqual(['a', 'b']);
    expect(stepUpScopes(['either'], ['read'], rules)).toEqual(['c', 'read']);
    expect(stepUpScopes(['either', 'read'], [], rules)).toEqual(['c', 'read']);
  });

  it('understands prefixes that providers add in requests, in tokens, or in both', () => {
    const prefixed = { ...rules, prefix: 'api://x/' };
    expect(mayCall('read', ['read'], prefixed)).toBe(true);
    expect(mayCall('read', ['api://x/read'], prefixed)).toBe(true);
    expect(mayCall('read', ['api://y/read'], prefixed)).toBe(false);
    expect(stepUpScopes(['read'], ['a'], prefixed)).toEqual(['api://x/a', 'api://x/read']);
    expect(withPrefix(['a', 'api://x/a'], 'api://x/')).toEqual(['api://x/a', 'api://x/a']);
    expect(effectiveScopes(['b/api://x/read'], prefixed)).toEqual(new Set(['b/api://x/read']));
  });

  it.each([
    'openid',
    'profile',
    'email',
    'offline_access',
    'https://graph.microsoft.com/User.Read',
    'api://other/read',
    'urn:zitadel:iam:org:project:id:1:aud',
  ])('does not prefix %s, which does not belong to this server', (scope) => {
    expect(withPrefix([scope, 'read'], 'api://x/')).toEqual([scope, 'api://x/read']);
  });

  it.each(['notes:read', 'openid.x', 'OPENID', 'urnotes', 'x/https://y', 'emails'])(
    'prefixes %s, which does',
    (scope) => {
      expect(withPrefix([scope], 'api://x/')).toEqual([`api://x/${scope}`]);
    },
  );

  it('follows cycles of implications to their end', () => {
    const circular = {
      ...rules,
      implies: new Map([
        ['a', ['b']],
        ['b', ['a']],
      ]),
    };
    expect(effectiveScopes(['a'], circular)).toEqual(new Set(['a', 'b']));
  });

  it('reads implications', () => {
    expect(parseImplications('admin=read,write; write=read')).toEqual(
      new Map([
        ['admin', ['read', 'write']],
        ['write', ['read']],
      ]),
    );
    expect(parseImplications('')).toEqual(new Map());
    for (const wrong of ['admin', '=read', 'admin=', 'a=b=c'])
      expect(parseImplications(wrong)).toBeUndefined();
  });
});
