import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Variables } from '../../templates/src/runtime/environment.js';
import { createClientKey, TemporaryFiles } from '../support/client-keys.js';
import { watchSecrets } from '../support/secret-watch.js';
import { textOf } from '../runtime/upstream/wire.js';
import { callerIn, connect, oauth2, toolFor } from './connect.js';
import { machine, startServiceStage, type ServiceStage } from './service-stage.js';

const watch = watchSecrets();
const files = new TemporaryFiles();

// All that RFC 6749 appendix A allows in a client's id and secret, and that form-encoding changes.
const awkwardId = 'team:one+two 100%/&=?@~*!';
const secrets = {
  basic: watch.hide(`s:e+c r%41e&t=?/"\\'<>~*()${crypto.randomUUID()}`),
  post: watch.hide(`p:o+s t%20&=${crypto.randomUUID()}`),
};
const keys = {
  es256: createClientKey('ES256'),
  rs256: createClientKey('RS256'),
  eddsa: createClientKey('EdDSA'),
  old: createClientKey('ES256', 'old'),
  current: createClientKey('ES256', 'current'),
  strange: createClientKey('ES256'),
};
for (const { pem, privateKey } of Object.values(keys)) {
  watch.hide(pem);
  watch.hide(String(privateKey.export({ format: 'jwk' }).d));
}
const pem = (key: keyof typeof keys) => files.add(keys[key].pem);
const privateJwk = files.add(
  JSON.stringify({ ...keys.current.privateKey.export({ format: 'jwk' }), kid: 'current' }),
);

let stage: ServiceStage;
beforeAll(async () => {
  const jwks = (...which: (keyof typeof keys)[]) => ({
    jwks: { keys: which.map((key) => keys[key].jwk) },
  });
  stage = await startServiceStage([
    machine(awkwardId, 'client_secret_basic', { client_secret: secrets.basic }),
    machine('poster', 'client_secret_post', { client_secret: secrets.post }),
    machine('es256', 'private_key_jwt', jwks('es256')),
    machine('rs256', 'private_key_jwt', jwks('rs256')),
    machine('eddsa', 'private_key_jwt', jwks('eddsa')),
    machine('two-keys', 'private_key_jwt', jwks('old', 'current')),
  ]);
});
afterAll(async () => {
  files.remove();
  await stage.close();
});

async function run(variables: Variables) {
  const { api, tokenUrl, tokenRequests } = stage;
  const [calls, requests] = [api.requests.length, tokenRequests.length];
  const call = connect({
    baseUrl: api.url,
    schemes: { oauth: oauth2(tokenUrl) },
    variables,
    watch,
  });
  const outcome = await call(toolFor('things.read'));
  for (const token of api.tokens()) watch.hide(token);
  return {
    outcome,
    calls: api.requests.length - calls,
    tokenRequests: tokenRequests.slice(requests),
  };
}

const basic: Variables = {
  UPSTREAM_CLIENT_ID: awkwardId,
  UPSTREAM_CLIENT_SECRET: secrets.basic,
};
const post: Variables = {
  UPSTREAM_CLIENT_ID: 'poster',
  UPSTREAM_CLIENT_SECRET: secrets.post,
};

describe('the authorization server knows it', () => {
  test.each<[string, string, Variables]>([
    ['by client_secret_basic', awkwardId, basic],
    ['by what was chosen', awkwardId, { ...basic, UPSTREAM_AUTH: 'client-credentials' }],
    [
      'by the method that was chosen',
      awkwardId,
      { ...basic, UPSTREAM_CLIENT_AUTH: 'client_secret_basic' },
    ],
    ['by client_secret_post', 'poster', { ...post, UPSTREAM_CLIENT_AUTH: 'client_secret_post' }],
    [
      'by an EC key',
      'es256',
      { UPSTREAM_CLIENT_ID: 'es256', UPSTREAM_CLIENT_KEY_FILE: pem('es256') },
    ],
    [
      'by an RSA key',
      'rs256',
      { UPSTREAM_CLIENT_ID: 'rs256', UPSTREAM_CLIENT_KEY_FILE: pem('rs256') },
    ],
    [
      'by an Ed25519 key',
      'eddsa',
      { UPSTREAM_CLIENT_ID: 'eddsa', UPSTREAM_CLIENT_KEY_FILE: pem('eddsa') },
    ],
    [
      'by a JWK with its key id',
      'two-keys',
      { UPSTREAM_CLIENT_ID: 'two-keys', UPSTREAM_CLIENT_KEY_FILE: privateJwk },
    ],
    [
      'by a key and the key id that was chosen',
      'two-keys',
      {
        UPSTREAM_CLIENT_ID: 'two-keys',
        UPSTREAM_CLIENT_KEY_FILE: pem('old'),
        UPSTREAM_CLIENT_KEY_ID: 'old',
      },
    ],
  ])('%s', async (_, client, variables) => {
    const { outcome, calls, tokenRequests } = await run(variables);
    expect(outcome.failure).toBeUndefined();
    expect(outcome.status).toBe(200);
    expect(callerIn(outcome)).toEqual({ client, scope: 'things.read' });
    expect(tokenRequests).toMatchObject([{ client, parameters: { scope: 'things.read' } }]);
    expect(calls).toBe(1);
    // The API repeated the token, or the watch would have nothing to find.
    expect(textOf(outcome.result)).toContain('"authorization":"Bearer [redacted]"');
  });
});

describe('the authorization server refuses, and the API is not called', () => {
  const wrong = watch.hide(`wrong-${crypto.randomUUID()}`);
  test.each<[string, Variables]>([
    ['another secret', { ...basic, UPSTREAM_CLIENT_SECRET: wrong }],
    ['another client', { ...basic, UPSTREAM_CLIENT_ID: 'nobody' }],
    ['the other method', { ...post, UPSTREAM_CLIENT_AUTH: 'private_key_jwt', ...key('strange') }],
    ['a key that is not registered', { UPSTREAM_CLIENT_ID: 'es256', ...key('strange') }],
    [
      'the id of another key',
      { UPSTREAM_CLIENT_ID: 'two-keys', ...key('current'), UPSTREAM_CLIENT_KEY_ID: 'old' },
    ],
  ])('%s', async (_, variables) => {
    const { outcome, calls, tokenRequests } = await run(variables);
    expect(outcome.failure).toBe('credentials:invalid_client');
    expect(outcome.status).toBeUndefined();
    expect(outcome.result).toEqual({
      content: [
        {
          type: 'text',
          text:
            'This tool was not called: the authorization server of the API did not issue an access token to this server ' +
            '(invalid_client). The operator of this server can see the reason in its log.',
        },
      ],
      isError: true,
    });
    expect(tokenRequests).toMatchObject([{ error: 'invalid_client' }]);
    expect(calls).toBe(0);
  });

  function key(name: keyof typeof keys): Variables {
    return { UPSTREAM_CLIENT_KEY_FILE: pem(name) };
  }
});
