import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../../support/certificates.js';
import { listenSecurely } from '../../support/https.js';
import { ensure, scenario, type Case, type Group } from '../case.js';
import { call, section } from '../issuing.js';
import { Stage } from '../stage.js';
import { isError, json } from './answers.js';

const both = (stage: Stage) => stage.token({ scope: 'notes.read notes.write' });

/** The API is at its limit the first time. */
function busyOnce(
  name: string,
  [status, tool, args]: readonly [number, string, object],
  expected: number,
): Case {
  return scenario(name, section, async (stage) => {
    let first = true;
    stage.around.upstream.behaviour = (_, response) => {
      response.writeHead(first ? status : 200, json).end('{}');
      first = false;
    };
    const { answer, received } = await call(stage, await both(stage), tool, args);
    ensure(received.length === expected, `the API was called ${received.length} times`);
    ensure(isError(answer) === (expected === 1), answer.body);
  });
}

const nothing = scenario(
  'an operation that asks for none gets none',
  'OpenAPI 3.1, Security Requirement Object',
  async (stage) => {
    const { received } = await call(stage, await stage.token(), 'read_status', {});
    ensure(received.length === 1, `the API was called ${received.length} times`);
    const { target = '', rawHeaders = [] } = received[0] ?? {};
    ensure(![target, ...rawHeaders].join('\n').includes(stage.meaning.apiKey), 'it got some');
  },
  // Chosen, and so sent where the document is silent.
  { env: () => ({ UPSTREAM_AUTH: 'bearer' }) },
);

/** An API with a certificate of a private authority, and a server that trusts it, or not. */
function privateAuthority(
  name: string,
  told: boolean,
  check: (calls: number, body: string) => boolean,
) {
  return scenario(name, section, async ({ around }) => {
    const folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-ca-'));
    const authority = await createAuthority('Private CA');
    await writeFile(join(folder, 'ca.pem'), authority.ca);
    let calls = 0;
    const identity = await authority.issue({ name: 'api', hosts: ['127.0.0.1'] });
    const secure = await listenSecurely(identity, (_, response) => {
      calls += 1;
      response.writeHead(200, json).end('{}');
    });
    const stage = await Stage.start(around, () => ({
      UPSTREAM_BASE_URL: secure.url,
      ...(told && { UPSTREAM_CA_FILE: join(folder, 'ca.pem') }),
    }));
    try {
      const { answer } = await call(stage, await stage.token());
      ensure(check(calls, answer.body), `${calls} calls: ${answer.body}`);
      ensure(isError(answer) !== told, answer.body);
    } finally {
      await Promise.all([stage.close(), secure.close(), rm(folder, { recursive: true })]);
    }
  });
}

export const upstreamCredentials: Group = {
  name: 'upstream credentials',
  ownServer: true,
  cases: [
    nothing,
    ...[429, 503].flatMap((status) => [
      busyOnce(`a GET again after a ${status}`, [status, 'read_note', { id: '1' }], 2),
      busyOnce(
        `no POST again after a ${status}`,
        [status, 'write_note', { body: { text: 'x' } }],
        1,
      ),
    ]),
    busyOnce('no GET again after a 500', [500, 'read_note', { id: '1' }], 1),
    privateAuthority('a certificate of a trusted authority', true, (calls) => calls === 1),
    privateAuthority('a certificate of an unknown authority', false, (calls) => calls === 0),
  ],
};
