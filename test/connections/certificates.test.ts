import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Variables } from '../../templates/src/runtime/environment.js';
import type { Outcome } from '../../templates/src/runtime/upstream/call.js';
import { textOf } from '../runtime/upstream/wire.js';
import { secret } from '../support/secrets.js';
import type { SecureUpstreamOptions } from './secure-upstream.js';
import { TlsStage } from './tls-stage.js';

let stage: TlsStage;
beforeAll(async () => {
  stage = await TlsStage.create();
});
afterEach(() => stage.stopUpstreams());
afterAll(() => stage.files.remove());

/** A tool error that reports only that there was no connection; the log has the code. */
function expectNetworkError({ result, status, failure }: Outcome, code: RegExp): void {
  expect(result.isError).toBe(true);
  expect(textOf(result)).toMatch(/^The API could not be reached, or the connection was lost\./);
  expect(status).toBeUndefined();
  expect(failure).toMatch(/^network:/);
  expect(failure).toMatch(code);
}

describe('an API that asks for a certificate', () => {
  it.each(['ec', 'rsa'] as const)('sees whose it is: %s', async (kind) => {
    const { url, seen } = await stage.start();
    const client = await stage.client(`client with ${kind}`, kind);
    expect(await stage.call(url, { ...stage.trust, ...client })).toMatchObject({ status: 200 });
    expect(seen).toMatchObject([{ method: 'GET', url: '/things', client: `client with ${kind}` }]);
  });

  it('may be called by its name', async () => {
    const { port, seen } = await stage.start();
    const variables = { ...stage.trust, ...(await stage.client()) };
    const outcome = await stage.call(`https://localhost:${port}`, variables);
    expect(outcome).toMatchObject({ status: 200 });
    expect(seen).toMatchObject([{ client: 'client' }]);
  });

  it('is not called by others', async () => {
    const { url, seen } = await stage.start();
    const stranger = stage.shown(await stage.foreign.issue({ name: 'stranger' }));
    for (const variables of [{}, stranger])
      expectNetworkError(await stage.call(url, { ...stage.trust, ...variables }), /./);
    expect(seen).toEqual([]);
  });
});

describe('an API whose certificate is not to be trusted', () => {
  const unknown = /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER/;

  it('is of an unknown authority', async () => {
    const { url, seen } = await stage.start();
    const client = await stage.client();
    expectNetworkError(await stage.call(url, client), unknown);
    const other = { UPSTREAM_CA_FILE: stage.files.write(stage.foreign.ca) };
    expectNetworkError(await stage.call(url, { ...other, ...client }), unknown);
    expect(seen).toEqual([]);
  });

  it('has one of another host', async () => {
    const identity = await stage.authority.issue({ name: '127.0.0.1', hosts: ['other.example'] });
    const { url, seen } = await stage.start({ identity });
    const outcome = await stage.call(url, { ...stage.trust, ...(await stage.client()) });
    expectNetworkError(outcome, /ERR_TLS_CERT_ALTNAME_INVALID$/);
    expect(seen).toEqual([]);
  });

  it('is trusted when one of several authorities in a file is its own', async () => {
    const { url, seen } = await stage.start();
    const text = `# first\n${stage.foreign.ca}\n# second\n${stage.authority.ca}`;
    const variables = { UPSTREAM_CA_FILE: stage.files.write(text), ...(await stage.client()) };
    expect(await stage.call(url, variables)).toMatchObject({ status: 200 });
    expect(seen).toHaveLength(1);
  });
});

describe('a token endpoint of the same authority', () => {
  async function withToken(variables: Variables, options: Partial<SecureUpstreamOptions>) {
    const { url, seen } = await stage.start(options);
    const outcome = await stage.call(
      url,
      {
        ...stage.trust,
        ...variables,
        UPSTREAM_TOKEN_URL: `${url}/token`,
        UPSTREAM_CLIENT_ID: 'this-server',
        UPSTREAM_CLIENT_SECRET: secret('client secret'),
      },
      [{ oauth: [] }],
    );
    return { outcome, seen };
  }

  it('is asked over the same kind of connection', async () => {
    const token = secret('token of the secure API');
    const answer: SecureUpstreamOptions['answer'] = ({ url }, response) => {
      const body = url === '/token' ? { access_token: token, token_type: 'Bearer' } : {};
      response.end(JSON.stringify(body));
    };
    const { outcome, seen } = await withToken(await stage.client(), { answer });
    expect(outcome).toMatchObject({ status: 200 });
    expect(seen).toMatchObject([
      { method: 'POST', url: '/token', client: 'client' },
      { method: 'GET', url: '/things', headers: { authorization: `Bearer ${token}` } },
    ]);
  });

  it('is not asked when it is of another', async () => {
    const identity = await stage.foreign.issue({ name: 'api', hosts: ['127.0.0.1'] });
    const { outcome, seen } = await withToken(await stage.client(), { identity });
    const failed = {
      failure: expect.stringContaining('UNABLE_TO_VERIFY_LEAF_SIGNATURE') as string,
      result: { isError: true },
    };
    expect(outcome).toMatchObject(failed);
    expect(seen).toEqual([]);
  });
});
