import {
  attempt,
  checkAnswer,
  ensure,
  scenario,
  type Case,
  type Expectation,
  type Group,
} from '../case.js';
import { done, invalid, malformed, now } from '../expectations.js';
import { secret } from '../../support/secrets.js';

const rfc7662 = 'RFC 7662 section 2.2';

function told(
  name: string,
  claims: () => Record<string, unknown>,
  expected: Expectation = invalid,
  source = rfc7662,
): Case {
  return attempt(
    `introspection tells ${name}`,
    source,
    (stage) => {
      const token = stage.issuer.issue({ scope: stage.around.tools.readScope, ...claims() });
      stage.tokens.push(token);
      return { body: stage.read, token };
    },
    expected,
  );
}

/** A valid token with characters that JWTs do not have. */
function spelled(start: string, expected: Expectation): Case {
  return attempt(
    `a token that begins with ${start}`,
    'RFC 6749 appendix A.12',
    (stage) => {
      const own = start + secret('end of an opaque access token');
      const token = stage.issuer.issue({ scope: stage.around.tools.readScope }, own);
      stage.tokens.push(token);
      return { body: stage.read, token };
    },
    expected,
  );
}

export const opaque: Group = {
  name: 'opaque tokens',
  ownServer: true,
  env: ({ introspectionClient }) => introspectionClient,
  cases: [
    told('of a good one', () => ({}), done),
    told('of a good one without exp', () => ({ exp: undefined }), done),
    told('active: false', () => ({ active: false })),
    told('active: "true"', () => ({ active: 'true' })),
    told('active: 1', () => ({ active: 1 })),
    told('no active', () => ({ active: undefined })),
    told('no aud', () => ({ aud: undefined })),
    told('an empty aud', () => ({ aud: [] })),
    told('another aud', () => ({ aud: 'https://other.example' })),
    told('another iss', () => ({ iss: 'https://evil.example' })),
    told('an exp that is over', () => ({ exp: now() - 60 })),
    told('an exp of letters', () => ({ exp: 'tomorrow' })),
    told('an nbf to come', () => ({ nbf: now() + 60 })),
    told(
      'a refresh token',
      () => ({ token_use: 'refresh_token' }),
      invalid,
      'Ory Hydra, introspection',
    ),
    told(
      'a token of Keycloak’s type Refresh',
      () => ({ typ: 'Refresh' }),
      invalid,
      'Keycloak, TokenUtil',
    ),
    told('a bound token', () => ({ cnf: { jkt: 'x' } }), invalid, 'RFC 9449 section 6.2'),
    told('the type DPoP', () => ({ token_type: 'DPoP' }), invalid, 'RFC 9449 section 6.2'),
    told('the type access_token', () => ({ token_type: 'access_token' }), done, 'Salesforce'),
    told('the type refresh_token', () => ({ token_type: 'refresh_token' })),
    told('the types of a list', () => ({ token_type: ['Bearer'] })),
    spelled('00D000000000001!AQ.x_y', done),
    spelled("{'a'=b&token=c}%00", done),
    spelled('a,b', malformed),
    spelled('"a"', malformed),
    told('no scope', () => ({ scope: undefined }), {
      status: 403,
      challenge: { error: 'insufficient_scope' },
    }),
    attempt(
      'a made-up token',
      rfc7662,
      (stage) => ({ body: stage.read, token: 'made-up' }),
      invalid,
    ),
    attempt(
      'a JWT, which it does not know',
      'resource-server.md: never guessed from the shape',
      async (stage) => ({ body: stage.read, token: await stage.token() }),
      invalid,
    ),
    scenario(
      'one question for one token',
      'resource-server.md: cached by a hash',
      async (stage) => {
        const token = stage.issuer.issue({ scope: stage.around.tools.readScope });
        const asked = stage.issuer.fetched(stage.issuer.paths.introspection);
        const answers = await Promise.all(Array.from({ length: 20 }, () => stage.send({ token })));
        ensure(
          answers.every(({ status }) => status === 200),
          'not all are answered',
        );
        ensure(
          stage.issuer.fetched(stage.issuer.paths.introspection) === asked + 1,
          'more questions',
        );
      },
    ),
    scenario('one question for a refused token', 'resource-server.md', async (stage) => {
      const asked = stage.issuer.fetched(stage.issuer.paths.introspection);
      for (let i = 0; i < 20; i += 1)
        checkAnswer(await stage.send({ token: 'the-same-one' }), { status: 401 });
      const questions = stage.issuer.fetched(stage.issuer.paths.introspection) - asked;
      ensure(questions <= 2, `there were ${questions}`);
    }),
    scenario(
      'a hundred made-up tokens while the endpoint hangs',
      'resource-server.md: no caller can keep the provider busy',
      async (stage) => {
        stage.issuer.outage = 'hang';
        const asked = stage.issuer.fetched(stage.issuer.paths.introspection);
        const all = Array.from({ length: 100 }, (_, i) => stage.send({ token: `made-up-${i}` }));
        const answers = await Promise.all(all);
        stage.issuer.outage = 'none';
        ensure(
          answers.every(({ status }) => status === 503 || status === 429),
          'not all are answered with 503 or 429',
        );
        const questions = stage.issuer.fetched(stage.issuer.paths.introspection) - asked;
        ensure(questions <= 32, `there were ${questions} questions at once`);
      },
    ),
    scenario(
      'made-up tokens without end',
      'issue on the runtime: opaque tokens are counted per network',
      async (stage) => {
        const from = '127.0.0.11';
        const known = stage.issuer.issue({ scope: 'notes.read' });
        checkAnswer(await stage.send({ token: known, from }), { status: 200 });
        const asked = stage.issuer.fetched(stage.issuer.paths.introspection);
        const statuses: number[] = [];
        for (let i = 0; i < 320; i += 4) {
          const four = [0, 1, 2, 3].map((n) => stage.send({ token: `guess-${i + n}`, from }));
          statuses.push(...(await Promise.all(four)).map(({ status }) => status));
        }
        ensure(
          statuses.slice(0, 200).every((status) => status === 401),
          'too few are asked about',
        );
        ensure(
          statuses.slice(304).every((status) => status === 429),
          'the rest is not refused',
        );
        const questions = stage.issuer.fetched(stage.issuer.paths.introspection) - asked;
        ensure(questions <= 300, `there were ${questions} questions`);
        checkAnswer(await stage.send({ token: known, from }), { status: 200 });
        const fresh = stage.issuer.issue({ scope: 'notes.read' });
        checkAnswer(await stage.send({ token: fresh, from: '127.0.0.12' }), { status: 200 });
      },
      { fresh: true },
    ),
    scenario('the endpoint is down', 'resource-server.md: 503', async (stage) => {
      const known = stage.issuer.issue({});
      checkAnswer(await stage.send({ token: known }), { status: 200 });
      stage.issuer.outage = 'error';
      const fresh = await stage.send({ token: stage.issuer.issue({}) });
      const cached = await stage.send({ token: known });
      stage.issuer.outage = 'none';
      checkAnswer(fresh, { status: 503, challenge: 'none', headers: { 'retry-after': /^\d+$/ } });
      checkAnswer(cached, { status: 200 });
    }),
    ...[{ username: 'alice' }, { sub: null, username: 'alice' }].map((alice) =>
      scenario(
        `a user known as ${JSON.stringify(alice)} uses up no other user’s limit`,
        rfc7662,
        async (stage) => {
          const usual = { sub: undefined, scope: stage.around.tools.readScope };
          const [token, other] = [
            { ...usual, ...alice },
            { ...usual, sub: 'bob' },
          ].map((claims) => {
            return stage.issuer.issue(claims);
          });
          for (const status of [200, 200, 429])
            checkAnswer(await stage.send({ token }), { status });
          checkAnswer(await stage.send({ token: other }), { status: 200 });
          const same = stage.issuer.issue({ ...usual, username: 'carol' });
          checkAnswer(await stage.send({ token: same }), { status: 200 });
        },
        { env: (known) => ({ ...known.introspectionClient, MCP_RATE_LIMIT: '2' }), fresh: true },
      ),
    ),
    scenario('the client’s secret is in no log', 'resource-server.md', (stage) => {
      const { OAUTH_CLIENT_SECRET: secret = '' } = stage.issuer.introspectionClient;
      ensure(secret !== '' && !stage.log().includes(secret), 'it is');
      return Promise.resolve();
    }),
    scenario(
      'a wrong secret affects only its own client',
      'resource-server.md: never a 401 for what is not the caller’s',
      async (stage) => {
        checkAnswer(await stage.send({ token: stage.issuer.issue({}) }), {
          status: 503,
          challenge: 'none',
        });
      },
      {
        env: ({ introspectionClient }) => ({
          ...introspectionClient,
          OAUTH_CLIENT_SECRET: 'wrong',
        }),
      },
    ),
  ],
};
