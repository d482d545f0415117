import { describe, expect, it } from 'vitest';
import { audienceFault } from '../../../templates/src/runtime/oauth/token.js';
import { createIntrospectionVerifier } from '../../../templates/src/runtime/oauth/introspection.js';
import { audience, issuer, oauthOf, opaque } from './oauth.js';

const byClient = oauthOf({ audiences: ['c1'], audienceClaim: 'client_id' });

describe('an empty audience', () => {
  const empty = [undefined, null, '', [], [''], [null]];
  const foreign = ['x', ['x'], ['', 'x'], {}, 7, [[]], false];

  it.each(empty)('is ignored if another claim is named: %j', (aud) => {
    expect(audienceFault({ aud, client_id: 'c1' }, byClient)).toBeUndefined();
    expect(audienceFault({ aud, client_id: 'c2' }, byClient)).toMatch(/^claim client_id/);
    // If it is the claim that decides, an empty audience is still refused.
    expect(audienceFault({ aud }, oauthOf())).toMatch(/^claim aud/);
  });

  it.each(foreign)('is not one that names somebody: %j', (aud) => {
    expect(audienceFault({ aud, client_id: 'c1' }, byClient)).toMatch(/^claim aud/);
  });

  it.each(empty)('is ignored in introspection too: %j', async (aud) => {
    const claims = { active: true, iss: issuer, aud, client_id: 'c1', token_type: 'Bearer' };
    const verifierOf = (answer: object) =>
      createIntrospectionVerifier(
        { ...byClient, ...opaque },
        { ask: () => Promise.resolve({ ...answer }) },
      );
    await expect(verifierOf(claims).verify('t')).resolves.toMatchObject({ client: 'c1' });
    // Without a type it could be a refresh token.
    const untyped = verifierOf({ ...claims, token_type: undefined });
    await expect(untyped.verify('t')).rejects.toThrow('neither aud nor token_type');
  });

  it('is irrelevant beside a valid one', () => {
    expect(audienceFault({ aud: ['', audience] }, oauthOf())).toBeUndefined();
  });
});
