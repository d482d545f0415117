import { setImmediate, setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createGate } from '../../../templates/src/runtime/oauth/gate.js';
import { createIntrospectionVerifier } from '../../../templates/src/runtime/oauth/introspection.js';
import { audience, issuer, oauthOf, opaque, requestOf, resourceOf } from './oauth.js';

const oauth = oauthOf(opaque);
const goodClaims = { active: true, iss: issuer, aud: audience, sub: 'alice', exp: 4_000_000_000 };

/** A gate in front of a provider that knows the tokens whose names begin with `good`. */
function setUp() {
  const asked: string[] = [];
  const verifier = createIntrospectionVerifier(oauth, {
    ask: async (token) => {
      asked.push(token);
      await setTimeout(1);
      return token.startsWith('good') ? goodClaims : { active: false };
    },
  });
  const resource = resourceOf(audience);
  const gate = createGate(resource, oauth, verifier, () => undefined);
  const send = async (token: string, address: string) => {
    const outcome = await gate.admit(requestOf(['Authorization', `Bearer ${token}`], address));
    return 'status' in outcome ? outcome.status : 200;
  };
  return { asked, send };
}

it('admits callers from other addresses, and known ones, while one address sends made-up tokens', async () => {
  const { asked, send } = setUp();
  const [flood, elsewhere] = ['192.0.2.1', '192.0.2.2'];
  await send('good-before', flood);
  let [stopped, sent] = [false, 0];
  const answers = new Set<number>();
  const worker = async () => {
    while (!stopped) {
      answers.add(await send(`made-up-${(sent += 1)}`, flood));
      await setImmediate();
    }
  };
  const workers = Array.from({ length: 64 }, worker);
  for (let i = 0; i < 40; i += 1) {
    expect(await send(`good-${i}`, elsewhere)).toBe(200);
    expect(await send('good-before', flood)).toBe(200);
  }
  // Until it has used up its questions.
  await expect.poll(() => asked.length).toBeGreaterThanOrEqual(341);
  expect(await send('good-new', flood)).toBe(429);
  stopped = true;
  await Promise.all(workers);
  expect(asked.filter((token) => token.startsWith('made-up'))).toHaveLength(300);
  expect([...answers].sort()).toEqual([401, 429, 503]);
});
