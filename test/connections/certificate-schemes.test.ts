import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RequestShape } from '../../templates/src/runtime/api.js';
import type { Variables } from '../../templates/src/runtime/environment.js';
import { textOf } from '../runtime/upstream/wire.js';
import { secret } from '../support/secrets.js';
import { TlsStage } from './tls-stage.js';

const key = secret('key of the secure API');
const apiKey = { UPSTREAM_API_KEY: key };
const alone = [{ mtls: [] }];
const both = [{ mtls: [], key: [] }];
let stage: TlsStage;

beforeAll(async () => {
  stage = await TlsStage.create();
});
afterEach(() => stage.stopUpstreams());
afterAll(() => stage.files.remove());

describe('an operation that asks for a certificate', () => {
  it('and nothing else', async () => {
    const { url, seen } = await stage.start();
    const variables = { ...stage.trust, ...(await stage.client()), ...apiKey };
    expect(await stage.call(url, variables, alone)).toMatchObject({ status: 200 });
    expect(seen).toMatchObject([{ client: 'client' }]);
    expect(seen[0]?.headers).not.toHaveProperty('x-api-key');
  });

  it('and a key', async () => {
    const { url, seen } = await stage.start();
    const variables = { ...stage.trust, ...(await stage.client()), ...apiKey };
    expect(await stage.call(url, variables, both)).toMatchObject({ status: 200 });
    expect(seen).toMatchObject([{ client: 'client', headers: { 'x-api-key': key } }]);
  });

  it('or a key, where there is one', async () => {
    const { url, seen } = await stage.start({ clients: undefined });
    const outcome = await stage.call(url, { ...stage.trust, ...apiKey }, [...alone, { key: [] }]);
    expect(outcome).toMatchObject({ status: 200 });
    expect(seen).toMatchObject([{ headers: { 'x-api-key': key } }]);
  });

  it.each(['api-key', 'none'])('with UPSTREAM_AUTH=%s', async (UPSTREAM_AUTH) => {
    const { url, seen } = await stage.start();
    const variables = { ...stage.trust, ...(await stage.client()), ...apiKey, UPSTREAM_AUTH };
    expect(await stage.call(url, variables, both)).toMatchObject({ status: 200 });
    const sent = UPSTREAM_AUTH === 'none' ? undefined : key;
    expect(seen.map(({ headers }) => headers['x-api-key'])).toEqual([sent]);
  });

  it.each<[string, RequestShape['security'], () => Promise<Variables>, string]>([
    [
      'no certificate',
      alone,
      () => Promise.resolve(apiKey),
      'UPSTREAM_CERT_FILE and UPSTREAM_KEY_FILE',
    ],
    [
      'a key alone',
      both,
      () => Promise.resolve(apiKey),
      'UPSTREAM_CERT_FILE and UPSTREAM_KEY_FILE',
    ],
    ['a certificate alone', both, () => stage.client(), 'UPSTREAM_API_KEY'],
    [
      'neither',
      both,
      () => Promise.resolve({}),
      'UPSTREAM_CERT_FILE and UPSTREAM_KEY_FILE and UPSTREAM_API_KEY',
    ],
  ])('is not called with %s', async (_, security, variables, names) => {
    const { url, seen } = await stage.start();
    const outcome = await stage.call(url, { ...stage.trust, ...(await variables()) }, security);
    expect(outcome).toMatchObject({ failure: 'credentials', result: { isError: true } });
    expect(textOf(outcome.result)).toMatch(new RegExp(`must set ${names}\\.$`));
    expect(seen).toEqual([]);
  });
});
