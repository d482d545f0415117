import { ensure, scenario, type Environment, type Group } from '../case.js';
import { bearers, call, failures, issue, notCalled, section, twoCalls } from '../issuing.js';
import type { Stage } from '../stage.js';
import { isError, json } from './answers.js';
import { refusedStart } from './start.js';

const api = 'https://api.example.com';

/** The token endpoint is the issuer's own; what stands for a key in other groups stands for a secret here. */
const client: Environment = ({ issuer }, { apiKey }) => ({
  UPSTREAM_BEARER_TOKEN: '',
  UPSTREAM_TOKEN_URL: `${issuer}/token`,
  UPSTREAM_CLIENT_ID: 'this-server',
  UPSTREAM_CLIENT_SECRET: `client-${apiKey}`,
});
const clientCredentials: Environment = (...known) => ({
  ...client(...known),
  UPSTREAM_AUTH: 'client-credentials',
});
const exchange: Environment = (...known) => ({
  ...client(...known),
  UPSTREAM_AUTH: 'token-exchange',
  UPSTREAM_TOKEN_AUDIENCE: api,
});
const forward: Environment = () => ({
  UPSTREAM_BEARER_TOKEN: '',
  UPSTREAM_AUTH: 'forward',
  UPSTREAM_TOKEN_AUDIENCE: api,
});

const sameTwice = async (stage: Stage, claims = {}): Promise<[string, string]> => {
  const token = await stage.token(claims);
  return [token, token];
};
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

export const clientCredentialsGroup: Group = {
  name: 'upstream tokens',
  ownServer: true,
  env: clientCredentials,
  cases: [
    // Before anything is cached.
    ...failures('client credentials'),
    scenario(
      'the token endpoint redirects',
      'fetch-json.ts: a secret goes nowhere else',
      async (stage) => {
        const token = await stage.token();
        // The keys, before the issuer sends everybody away.
        await stage.send({ token });
        stage.issuer.redirectTo = `${stage.around.evil.url}/token`;
        const { answer, received } = await call(stage, token);
        delete stage.issuer.redirectTo;
        ensure(received.length === 0 && isError(answer), answer.body);
      },
    ),
    twoCalls('a token near its end', (stage) => issue(stage, { expires_in: 20 }), sameTwice),
    twoCalls('a token of no time', (stage) => issue(stage, { expires_in: 0 }), sameTwice),
    scenario(
      'a 401 is one more token, not a loop',
      section,
      async (stage) => {
        const asked = issue(stage);
        stage.around.upstream.behaviour = (_, response) => response.writeHead(401, json).end('{}');
        const { answer, received } = await call(stage, await stage.token());
        ensure(isError(answer), answer.body);
        ensure(received.length === 2, `the API was called ${received.length} times`);
        ensure(asked.length === 2, `the token endpoint was asked ${asked.length} times`);
      },
      { fresh: true },
    ),
    scenario(
      'it repeats the token',
      'resource-server.md: secrets never reach the caller',
      async (stage) => {
        issue(stage);
        stage.around.upstream.behaviour = ({ headers }, response) =>
          response.writeHead(400, json).end(JSON.stringify(headers));
        const { answer } = await call(stage, await stage.token());
        ensure(answer.body.includes('Bearer [redacted]'), answer.body);
      },
    ),
  ],
};

export const exchangeGroup: Group = {
  name: 'upstream tokens',
  ownServer: true,
  env: exchange,
  cases: [
    ...failures('exchange'),
    twoCalls('each caller has a token', issue, async (stage) => [
      await stage.token({ sub: 'alice' }),
      await stage.token({ sub: 'bob' }),
    ]),
    twoCalls('no longer than the caller’s own', issue, (stage) =>
      sameTwice(stage, { exp: inSeconds(20) }),
    ),
    scenario(
      'the caller’s token is the one that is exchanged',
      'RFC 8693 section 2.1',
      async (stage) => {
        const asked = issue(stage);
        const token = await stage.token();
        const { received } = await call(stage, token);
        ensure(asked[0]?.form.get('subject_token') === token, 'it is not');
        ensure(!JSON.stringify(received).includes(token), 'the API got it too');
      },
    ),
  ],
};

export const forwardGroup: Group = {
  name: 'upstream tokens',
  ownServer: true,
  env: forward,
  cases: [
    notCalled(
      'forward: a token for this server alone',
      'MCP, token passthrough',
      () => undefined,
      'is not also meant for the API',
    ),
    scenario('forward: a token for both', section, async (stage) => {
      const token = await stage.token({ aud: [stage.meaning.resource, api] });
      const { received } = await call(stage, token);
      ensure(bearers(received) === `Bearer ${token}`, 'it is another');
    }),
    scenario(
      'forward: an operation of another server',
      'forward.ts: that may be anybody’s',
      async (stage) => {
        const token = await stage.token({ aud: [stage.meaning.resource, api] });
        const { answer } = await call(stage, token, 'read_elsewhere', {});
        ensure(answer.body.includes('is not also meant for the API'), answer.body);
      },
      // The document's own, or no operation may have another.
      { env: (...known) => ({ ...forward(...known), UPSTREAM_BASE_URL: '' }) },
    ),
    refusedStart('forward without an audience', 'UPSTREAM_TOKEN_AUDIENCE', {
      UPSTREAM_AUTH: 'forward',
    }),
    ...['forward', 'token-exchange'].map((mode) =>
      refusedStart(
        `${mode} over stdio`,
        `UPSTREAM_AUTH cannot be ${mode}`,
        { UPSTREAM_AUTH: mode, UPSTREAM_TOKEN_AUDIENCE: api },
        ['--stdio'],
      ),
    ),
  ],
};
