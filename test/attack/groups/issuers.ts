import { attempt, ensure, scenario, type Case, type Environment, type Group } from '../case.js';
import { done, invalid, unknownKey } from '../expectations.js';
import type { Stage } from '../stage.js';
import type { StaticIssuer } from '../../support/tokens.js';

const mixUp = 'RFC 9207 section 4.4: mix-up';
const rfc8725 = 'RFC 8725 section 3.8';

/** Both are listed, and each has an audience of its own. */
const both: Environment = ({ issuer }, { resource }, tenant) => ({
  OAUTH_AUTHORIZATION_SERVER: `${issuer} ${tenant.issuer}`,
  OAUTH_AUDIENCE_1: resource,
  OAUTH_AUDIENCE_2: 'urn:tenant',
});

type Claims = Readonly<Record<string, unknown>>;

/** A token that one of them signs, whatever it claims. */
async function signed(
  stage: Stage,
  by: 'issuer' | 'tenant',
  claims: Claims = {},
  header: Claims = {},
): Promise<string> {
  const audience = by === 'tenant' ? { aud: 'urn:tenant' } : {};
  const scope = stage.around.tools.readScope;
  const token = await stage[by].sign({ scope, ...audience, ...claims }, header);
  stage.tokens.push(token);
  return token;
}

function call(
  name: string,
  by: 'issuer' | 'tenant',
  claims: (stage: Stage) => Claims,
  expected = invalid,
  source = mixUp,
): Case {
  const request = async (stage: Stage) => ({
    body: stage.read,
    token: await signed(stage, by, claims(stage)),
  });
  return attempt(name, source, request, expected);
}

const keyOf = (server: StaticIssuer) => {
  const { keys } = server.documents.get(server.paths.jwks) as { keys: Record<string, unknown>[] };
  return keys[0] ?? {};
};

/** The tenant publishes its key under the name of the other's. */
const oneName: Environment = (issuer, meaning, tenant) => {
  const keys = [{ ...keyOf(tenant), kid: keyOf(issuer)['kid'] }];
  tenant.documents.set(tenant.paths.jwks, { keys });
  return both(issuer, meaning, tenant);
};

/** The issuer of the tenant's keys begins with the other's. */
const prefixed: Environment = (issuer, _meaning, tenant) => {
  const longer = `${issuer.issuer}/a`;
  issuer.documents.set('/.well-known/oauth-authorization-server/a', {
    issuer: longer,
    jwks_uri: tenant.issuer + tenant.paths.jwks,
  });
  return { OAUTH_AUTHORIZATION_SERVER: `${issuer.issuer} ${longer}` };
};

const prefixCases = (['issuer', 'tenant'] as const).flatMap((by): Case[] => {
  const own = by === 'issuer' ? '' : '/a';
  return ['', '/a', '/', '/ab', 'a'].map((path) =>
    attempt(
      `issuers of which one begins like the other: the key of ${own || 'the shorter'}, the name ${path || 'of the shorter'}`,
      rfc8725,
      async (stage) => ({
        body: stage.read,
        token: await signed(stage, by, {
          iss: stage.issuer.issuer + path,
          aud: stage.meaning.resource,
        }),
      }),
      path === own ? done : ['', '/a'].includes(path) ? unknownKey : invalid,
      { env: prefixed },
    ),
  );
});

const named = (by: 'issuer' | 'tenant', as: 'issuer' | 'tenant') =>
  attempt(
    `the key of the ${by}, and the name and the key ID of the ${as}`,
    mixUp,
    async (stage) => {
      const aud = as === 'tenant' ? 'urn:tenant' : stage.meaning.resource;
      const { kid } = keyOf(stage[as]);
      const token = await signed(stage, by, { iss: stage[as].issuer, aud }, { kid });
      return { body: stage.read, token };
    },
    invalid,
  );

const underOneName = (by: 'issuer' | 'tenant', as: 'issuer' | 'tenant') =>
  attempt(
    `one key ID for two keys: the key of the ${by}, the name of the ${as}`,
    mixUp,
    async (stage) => {
      const aud = as === 'tenant' ? 'urn:tenant' : stage.meaning.resource;
      const { kid } = keyOf(stage.issuer);
      const token = await signed(stage, by, { iss: stage[as].issuer, aud }, { kid });
      return { body: stage.read, token };
    },
    by === as ? done : invalid,
    { env: oneName },
  );

export const issuers: Group = {
  name: 'several issuers',
  ownServer: true,
  env: both,
  cases: [
    call('a token of the first', 'issuer', () => ({}), done),
    call('a token of the second', 'tenant', () => ({}), done),
    call('the audience of the first, from the second', 'tenant', ({ meaning }) => ({
      aud: meaning.resource,
    })),
    call('the audience of the second, from the first', 'issuer', () => ({ aud: 'urn:tenant' })),
    call(
      'the name of the first, signed by the second',
      'tenant',
      ({ issuer, meaning }) => ({ iss: issuer.issuer, aud: meaning.resource }),
      unknownKey,
    ),
    call(
      'the name of the second, signed by the first',
      'issuer',
      ({ tenant }) => ({ iss: tenant.issuer, aud: 'urn:tenant' }),
      unknownKey,
    ),
    named('tenant', 'issuer'),
    named('issuer', 'tenant'),
    underOneName('issuer', 'issuer'),
    underOneName('tenant', 'tenant'),
    underOneName('issuer', 'tenant'),
    underOneName('tenant', 'issuer'),
    ...prefixCases,
    // The invariants of all cases: the evil host gets no request.
    call('an issuer that is not listed', 'issuer', ({ around }) => ({ iss: around.evil.url })),
    call('an issuer with a slash after it', 'issuer', ({ issuer }) => ({
      iss: `${issuer.issuer}/`,
    })),
    call('both issuers in a list', 'issuer', ({ issuer, tenant }) => ({
      iss: [issuer.issuer, tenant.issuer],
    })),
    call('both issuers in a text', 'issuer', ({ issuer, tenant }) => ({
      iss: `${issuer.issuer} ${tenant.issuer}`,
    })),
    call('no issuer', 'issuer', () => ({ iss: undefined })),
    call('an empty issuer', 'issuer', () => ({ iss: '' })),
    scenario('a known token under the name of the other', mixUp, async (stage) => {
      const good = await signed(stage, 'issuer');
      ensure((await stage.send({ body: stage.read, token: good })).status === 200, 'not known');
      const [header, payload = '', signature] = good.split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
      const other = JSON.stringify({ ...claims, iss: stage.tenant.issuer, aud: 'urn:tenant' });
      const token = [header, Buffer.from(other).toString('base64url'), signature].join('.');
      const { status } = await stage.send({ body: stage.read, token });
      ensure([401, 503].includes(status), `the status is ${status}`);
    }),
    scenario('the metadata lists both', 'RFC 9728 section 2', async (stage) => {
      const target = '/.well-known/oauth-protected-resource';
      const { body } = await stage.send({ method: 'GET', target });
      const { authorization_servers: listed } = JSON.parse(body) as Claims;
      const expected = JSON.stringify([stage.issuer.issuer, stage.tenant.issuer]);
      ensure(JSON.stringify(listed) === expected, `it lists ${JSON.stringify(listed)}`);
    }),
    scenario(
      'one is down: the callers of the other are served',
      'README: ready when one of them can be used',
      async (stage) => {
        stage.tenant.outage = 'error';
        const statusOf = async (by: 'issuer' | 'tenant') =>
          (await stage.send({ body: stage.read, token: await signed(stage, by) })).status;
        const ready = await stage.send({ method: 'GET', target: '/readyz' });
        const seen = [await statusOf('issuer'), await statusOf('tenant'), ready.status].join();
        ensure(seen === '200,503,200', `the statuses are ${seen}`);
      },
      { fresh: true },
    ),
    scenario(
      'two people of one name are two callers',
      'OpenID Connect Core section 5.7: sub is unique within its issuer',
      async (stage) => {
        const statusOf = async (by: 'issuer' | 'tenant') =>
          (await stage.send({ body: stage.read, token: await signed(stage, by) })).status;
        const seen = [await statusOf('issuer'), await statusOf('issuer'), await statusOf('tenant')];
        ensure(seen.join() === '200,429,200', `the statuses are ${seen.join()}`);
      },
      { env: (...known) => ({ ...both(...known), MCP_RATE_LIMIT: '1' }) },
    ),
  ],
};
