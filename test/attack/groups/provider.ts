import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';
import { checkAnswer, ensure, scenario, type Case, type Expectation, type Group } from '../case.js';
import { invalid, now, unknownKey } from '../expectations.js';
import type { Stage } from '../stage.js';

const answered: Expectation = { status: 200 };
const unavailable: Expectation = {
  status: 503,
  challenge: 'none',
  headers: { 'retry-after': /^\d+$/ },
};

/** On a server that has not met its provider yet. */
function first(name: string, source: string, run: (stage: Stage) => Promise<void>): Case {
  return scenario(name, source, run, { fresh: true });
}

async function list(stage: Stage, expected: Expectation, token?: string): Promise<void> {
  checkAnswer(await stage.send({ token: token ?? (await stage.token()) }), expected);
}

type Document = Record<string, unknown>;

/** What the provider publishes, changed. */
function publish(stage: Stage, change: (document: Document) => unknown): void {
  const { documents, paths } = stage.issuer;
  for (const path of [paths.oauth, paths.openid])
    documents.set(path, change(documents.get(path) as Document));
}

function keySet({ issuer }: Stage): { keys: JWK[] } {
  return issuer.documents.get(issuer.paths.jwks) as { keys: JWK[] };
}

const discovery = 'RFC 8414 section 3.3';

export const discoveryGroup: Group = {
  name: 'discovery',
  cases: [
    first(
      'OpenID Connect metadata only',
      'MCP authorization, server metadata discovery',
      async (stage) => {
        stage.issuer.documents.delete(stage.issuer.paths.oauth);
        await list(stage, answered);
      },
    ),
    first('metadata of another issuer', discovery, async (stage) => {
      publish(stage, (document) => ({ ...document, issuer: stage.tenant.issuer }));
      await list(stage, unavailable);
      ensure(stage.log().includes(stage.tenant.issuer), 'the log does not name it');
    }),
    first('metadata of an issuer with a slash more', discovery, async (stage) => {
      publish(stage, (document) => ({ ...document, issuer: `${stage.meaning.issuer}/` }));
      await list(stage, unavailable);
      ensure(/OAUTH_AUTHORIZATION_SERVER/.test(stage.log()), 'the log does not name the remedy');
    }),
    first('metadata without an issuer', discovery, async (stage) => {
      publish(stage, (document) => ({ ...document, issuer: undefined }));
      await list(stage, unavailable);
    }),
    ...[
      'ftp://127.0.0.1/jwks',
      'file:///etc/passwd',
      'http://10.0.0.1/jwks',
      'not a URL',
      7,
      null,
    ].map((uri) =>
      first(
        `the jwks_uri ${String(uri)}`,
        'resource-server.md: https for every URL of a document',
        async (stage) => {
          publish(stage, (document) => ({ ...document, jwks_uri: uri }));
          await list(stage, unavailable);
        },
      ),
    ),
    first(
      'a jwks_uri of plain http at an address that only looks like loopback by its name',
      'resource-server.md: https for every URL of a document',
      async (stage) => {
        const { port } = new URL(stage.around.evil.url);
        publish(stage, (document) => ({ ...document, jwks_uri: `http://0.0.0.0:${port}/jwks` }));
        await list(stage, unavailable);
      },
    ),
    ...[{}, { keys: [] }, { keys: 'x' }, [], 'x', null].map((set) =>
      first(`the key set ${JSON.stringify(set)}`, 'RFC 7517 section 5', async (stage) => {
        stage.issuer.documents.set(stage.issuer.paths.jwks, set);
        await list(stage, unavailable);
      }),
    ),
    first('metadata of more than a mebibyte', 'resource-server.md', async (stage) => {
      publish(stage, (document) => ({ ...document, pad: 'x'.repeat(1_100_000) }));
      await list(stage, unavailable);
    }),
    first('a symmetric key in the set', 'RFC 8725 section 2.1', async (stage) => {
      const secret = new Uint8Array(64).fill(7);
      keySet(stage).keys.unshift({
        kty: 'oct',
        kid: 'oct',
        k: Buffer.from(secret).toString('base64url'),
        alg: 'HS256',
        use: 'sig',
      });
      await list(stage, invalid, await stage.token({}, { alg: 'HS256', kid: 'oct' }, secret));
      await list(stage, answered);
    }),
    first('a key for encryption in the set', 'RFC 7517 section 4.2', async (stage) => {
      const { privateKey, publicKey } = await generateKeyPair('ES256');
      keySet(stage).keys.push({ ...(await exportJWK(publicKey)), kid: 'enc', use: 'enc' });
      await list(stage, invalid, await stage.token({}, { kid: 'enc' }, privateKey));
    }),
    first('an RSA key of 1024 bits in the set', 'RFC 7518 section 3.3', async (stage) => {
      const { generateKeyPairSync, sign } = process.getBuiltinModule('node:crypto');
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
      keySet(stage).keys.push({
        ...(publicKey.export({ format: 'jwk' }) as JWK),
        kid: 'weak',
        use: 'sig',
        alg: 'RS256',
      });
      const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const { meaning } = stage;
      const claims = {
        iss: meaning.issuer,
        aud: meaning.resource,
        sub: 'x',
        exp: now() + 60,
      };
      const input = `${encode({ alg: 'RS256', kid: 'weak' })}.${encode(claims)}`;
      const signature = sign('sha256', Buffer.from(input), privateKey).toString('base64url');
      await list(stage, invalid, `${input}.${signature}`);
    }),
    first('rubbish beside a good key', 'RFC 7517 section 5', async (stage) => {
      keySet(stage).keys.unshift(
        ...([null, 7, {}, { kty: 'X' }, { kty: 'EC', crv: 'P-256', kid: 'x' }] as unknown as JWK[]),
      );
      await list(stage, answered);
    }),
  ],
};

export const outages: Group = {
  name: 'outages and rotation',
  cases: [
    ...(['error', 'reset', 'hang'] as const).map((outage) =>
      first(
        `the provider is down from the start (${outage})`,
        'resource-server.md: a 401 would make clients throw away good tokens',
        async (stage) => {
          stage.issuer.outage = outage;
          await list(stage, unavailable);
          stage.issuer.outage = 'none';
          await new Promise((resolve) => setTimeout(resolve, 1100));
          await list(stage, answered);
        },
      ),
    ),
    first(
      'known keys serve on while it is down',
      'resource-server.md: stale if error',
      async (stage) => {
        await list(stage, answered);
        stage.issuer.outage = 'hang';
        await list(stage, answered);
      },
    ),
    first('the answer without a token does not need it', 'RFC 6750 section 3.1', async (stage) => {
      stage.issuer.outage = 'hang';
      checkAnswer(await stage.send({}), { status: 401 });
    }),
    first(
      'random key ids do not make the server hammer it',
      'resource-server.md: at most once per cooldown',
      async (stage) => {
        await list(stage, answered);
        const { privateKey } = await generateKeyPair('ES256');
        for (let i = 0; i < 50; i += 1) {
          const token = await new SignJWT({})
            .setProtectedHeader({ alg: 'ES256', kid: `made-up-${i}` })
            .sign(privateKey);
          await list(stage, unknownKey, token);
        }
        ensure(stage.issuer.fetched(stage.issuer.paths.jwks) <= 2, 'it does');
      },
    ),
    first(
      'a hundred first requests ask it once',
      'resource-server.md: one in flight',
      async (stage) => {
        const token = await stage.token();
        await Promise.all(Array.from({ length: 100 }, () => list(stage, answered, token)));
        ensure(stage.issuer.fetched(stage.issuer.paths.jwks) === 1, 'they ask more often');
      },
    ),
    first(
      'a key that came just after the others is not called invalid',
      'RFC 9110 section 15.6.4: this cannot be determined yet',
      async (stage) => {
        await list(stage, answered);
        await stage.issuer.rotate({ keep: true });
        await list(stage, answered, await stage.token());
        await stage.issuer.rotate({ keep: true });
        const answer = await stage.send({ token: await stage.token() });
        checkAnswer(answer, { ...unavailable, headers: { 'retry-after': /^([1-9]|[12]\d|30)$/ } });
      },
    ),
    first('/readyz tells', 'resource-server.md', async (stage) => {
      stage.issuer.outage = 'error';
      checkAnswer(await stage.send({ method: 'GET', target: '/readyz' }), { status: 503 });
      checkAnswer(await stage.send({ method: 'GET', target: '/healthz' }), { status: 200 });
      stage.issuer.outage = 'none';
      await new Promise((resolve) => setTimeout(resolve, 1100));
      checkAnswer(await stage.send({ method: 'GET', target: '/readyz' }), { status: 200 });
    }),
    first(
      'redirected documents are not followed',
      'resource-server.md: no redirects',
      async (stage) => {
        stage.issuer.redirectTo = stage.around.evil.url;
        await list(stage, unavailable);
      },
    ),
  ],
};
