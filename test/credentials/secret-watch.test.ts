import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSecretWatch } from '../support/secret-watch.js';

const secret = 'pä"s/w rd?>~+long';
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each<[string, unknown]>([
  ['as it is', `<${secret}>`],
  ['deep in a value', { a: [{ b: [`<${secret}>`] }] }],
  ['as a name', { [secret]: 1 }],
  ['in JSON', JSON.stringify({ a: secret })],
  ['in JSON in JSON', JSON.stringify({ a: JSON.stringify({ b: secret }) })],
  ['in an error', new Error(`no: ${secret}`)],
  ['base64', base64(secret)],
  ['base64url', Buffer.from(secret).toString('base64url')],
  ['in the middle of base64', `Basic ${base64(`user:${secret}`)}`],
  ['one further', base64(`users:${secret} and more`)],
  ['two further', base64(`userss:${secret} and more`)],
  ['form-encoded in base64', base64(`a:${new URLSearchParams({ a: secret }).toString()}`)],
  ['percent-encoded', encodeURIComponent(secret)],
  ['percent-encoded in lower case', encodeURIComponent(secret).toLowerCase()],
  ['form-encoded', new URLSearchParams({ secret }).toString()],
])('finds a secret %s', (_, shown) => {
  const watch = createSecretWatch();
  watch.hide(secret);
  watch.see(['nothing here', 1, null, undefined]);
  expect(watch.leaks()).toEqual([]);
  watch.see(shown);
  expect(watch.leaks()).not.toEqual([]);
});

test('finds a line of a private key, and the signature of a JWT', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const watch = createSecretWatch();
  watch.hide(pem);
  watch.hide(`eyJhbGciOi.eyJzdWIiOi.${'s'.repeat(43)}`);
  watch.see(`begin ${pem.split('\n')[5] ?? ''} end`);
  expect(watch.leaks()).toHaveLength(1);
  watch.see(`a.b.${'s'.repeat(43)}`);
  expect(watch.leaks()).toHaveLength(2);
});

test('takes no secret that it could not find', () => {
  const watch = createSecretWatch();
  expect(() => watch.hide('short')).toThrow('Too short');
  expect(() => watch.hide('-----BEGIN PRIVATE KEY-----\n')).toThrow('Too short');
});
