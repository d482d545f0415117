import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SettingsError, type Variables } from '../../templates/src/runtime/environment.js';
import { makeApi, makeSettings } from '../runtime/upstream/wire.js';
import { createAuthority, type Identity } from '../support/certificates.js';
import { secret } from '../support/secrets.js';
import { Files } from './files.js';

const files = new Files();
const noise = secret('text in a file that is not a certificate');
let ca: string;
let client: Identity;
let other: Identity;
let weak: Identity;

beforeAll(async () => {
  const authority = await createAuthority('Private CA');
  ({ ca } = authority);
  client = await authority.issue({ name: 'client' });
  other = await authority.issue({ name: 'other', kind: 'rsa' });
  weak = await authority.issue({ name: 'weak', kind: 'weak' });
});
afterAll(() => files.remove());

const read = (variables: Variables) =>
  makeSettings(makeApi({ baseUrl: 'https://api.example.com' }), variables).tls;

/** Of a file that is like a certificate, and none. */
const broken = () => ca.replace(/\n[^-]{40}/, `\n${'A'.repeat(40)}`);
const encrypted = () =>
  createPrivateKey(client.key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString();

const CA = 'UPSTREAM_CA_FILE';
const CERT = 'UPSTREAM_CERT_FILE';
const KEY = 'UPSTREAM_KEY_FILE';
const pair =
  'UPSTREAM_CERT_FILE and UPSTREAM_KEY_FILE must contain a certificate and its key in PEM format';

describe('files that stop the start', () => {
  it.each<[string, () => Record<string, string>, string]>([
    [
      'an authority that is not there',
      () => ({ [CA]: '/no/such/ca.pem' }),
      `${CA} must name a readable file (ENOENT)`,
    ],
    ['a folder', () => ({ [CA]: files.folder }), `${CA} must name a readable file (EISDIR)`],
    [
      'a text for an authority',
      () => ({ [CA]: files.write(noise) }),
      `${CA} must contain certificates in PEM format`,
    ],
    [
      'nothing for an authority',
      () => ({ [CA]: files.write('') }),
      `${CA} must contain certificates in PEM format`,
    ],
    [
      'a key for an authority',
      () => ({ [CA]: files.write(client.key) }),
      `${CA} must contain certificates in PEM format`,
    ],
    [
      'a broken authority',
      () => ({ [CA]: files.write(broken()) }),
      `${CA} must contain certificates in PEM format`,
    ],
    [
      'a broken authority after a good one',
      () => ({ [CA]: files.write(`${ca}\n${broken()}`) }),
      `${CA} must contain certificates in PEM format`,
    ],
    [
      'half an authority after a good one',
      () => ({ [CA]: files.write(`${ca}\n${ca.slice(0, 200)}`) }),
      `${CA} must contain certificates in PEM format`,
    ],
    [
      'a certificate that is not there',
      () => ({ [CERT]: '/no/such.pem', [KEY]: files.write(client.key) }),
      `${CERT} must name a readable file (ENOENT)`,
    ],
    [
      'a key that is not there',
      () => ({ [CERT]: files.write(client.cert), [KEY]: '/no/such.pem' }),
      `${KEY} must name a readable file (ENOENT)`,
    ],
    [
      'a certificate alone',
      () => ({ [CERT]: files.write(client.cert) }),
      `${KEY} is required with ${CERT}`,
    ],
    ['a key alone', () => ({ [KEY]: files.write(client.key) }), `${CERT} is required with ${KEY}`],
    [
      'a text for a certificate',
      () => ({ [CERT]: files.write(noise), [KEY]: files.write(client.key) }),
      pair,
    ],
    [
      'a text for a key',
      () => ({ [CERT]: files.write(client.cert), [KEY]: files.write(noise) }),
      pair,
    ],
    [
      'nothing for a certificate',
      () => ({ [CERT]: files.write(''), [KEY]: files.write(client.key) }),
      pair,
    ],
    [
      'nothing for a key',
      () => ({ [CERT]: files.write(client.cert), [KEY]: files.write('') }),
      pair,
    ],
    [
      'the two exchanged',
      () => ({ [CERT]: files.write(client.key), [KEY]: files.write(client.cert) }),
      pair,
    ],
    [
      'the key of another certificate',
      () => ({ [CERT]: files.write(client.cert), [KEY]: files.write(other.key) }),
      pair,
    ],
    [
      'a key that TLS does not accept',
      () => ({ [CERT]: files.write(weak.cert), [KEY]: files.write(weak.key) }),
      pair,
    ],
    [
      'a chain with a broken end',
      () => ({
        [CERT]: files.write(`${client.cert}\n${broken()}`),
        [KEY]: files.write(client.key),
      }),
      pair,
    ],
    [
      'a key with a passphrase',
      () => ({ [CERT]: files.write(client.cert), [KEY]: files.write(encrypted()) }),
      'without a passphrase',
    ],
  ])('%s', (_, variables, message) => {
    const given = variables();
    let told = '';
    try {
      read(given);
    } catch (error) {
      expect(error).toBeInstanceOf(SettingsError);
      told = String(error);
    }
    expect(told).toContain(message);
    // Neither the paths nor the messages of OpenSSL.
    for (const path of Object.values(given)) expect(told).not.toContain(path);
    expect(told).not.toMatch(/-----|error:|PEM routines|text-in-a-file/);
    const [, line = 'no key'] = client.key.split('\n');
    expect(told).not.toContain(line);
  });

  it('each of which is reported once, with an example', () => {
    const given = { [CA]: '/no/such.pem', [CERT]: '/no/such.pem' };
    expect(() => read(given)).toThrow(
      [
        'UPSTREAM_CA_FILE must name a readable file (ENOENT), for example UPSTREAM_CA_FILE=./ca.pem',
        'UPSTREAM_CERT_FILE must name a readable file (ENOENT), for example UPSTREAM_CERT_FILE=./client.pem',
        'UPSTREAM_KEY_FILE is required with UPSTREAM_CERT_FILE, for example UPSTREAM_KEY_FILE=./client-key.pem',
      ].join('\n'),
    );
  });
});

describe('files that do not', () => {
  it('are read as they are', () => {
    const text = `# ours\n${ca}`;
    const given = {
      [CA]: files.write(text),
      [CERT]: files.write(client.cert),
      [KEY]: files.write(client.key),
    };
    expect(read(given)).toEqual({ ca: text, certificate: client });
  });

  it('may be one, with certificate and key', () => {
    const both = files.write(`${client.cert}\n${client.key}`);
    expect(read({ [CERT]: both, [KEY]: both }).certificate?.cert).toContain(client.key);
  });

  it('are none by default', () => {
    expect(read({})).toEqual({});
    expect(read({ [CA]: '', [CERT]: ' ', [KEY]: '' })).toEqual({});
  });
});
