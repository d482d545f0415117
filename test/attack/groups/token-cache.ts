import type { JWK } from 'jose';
import { checkAnswer, ensure, scenario, type Case, type Expectation, type Group } from '../case.js';
import { movableClock, passHalfAMinute } from '../clock.js';
import { invalid, now, unknownKey } from '../expectations.js';
import type { Stage } from '../stage.js';

const answered: Expectation = { status: 200 };
const lacking: Expectation = { status: 403, challenge: { error: 'insufficient_scope' } };
const everyRequest = 'RFC 7519 section 4.1: exp and nbf are checked on every request';
const wholeToken = 'RFC 7515 section 5.2: a token is what was verified, as a whole';

/** On a separate server, whose clock can be moved and has no tolerance. */
function remembered(name: string, source: string, run: (stage: Stage) => Promise<void>): Case {
  return scenario(name, source, run, { fresh: true });
}

/** A good token that lives long, and has been used twice. */
async function used(stage: Stage, claims: Record<string, unknown> = {}): Promise<string> {
  const token = await stage.token({ exp: now() + 3600, ...claims });
  await call(stage, token, answered);
  await call(stage, token, answered);
  return token;
}

async function call(stage: Stage, token: string, expected: Expectation): Promise<void> {
  stage.tokens.push(token);
  checkAnswer(await stage.send({ body: stage.read, token }), expected);
}

function publishedKeys({ issuer }: Stage): JWK[] {
  return (issuer.documents.get(issuer.paths.jwks) as { keys: JWK[] }).keys;
}

/** A token of the key that was published last: its server has to load the keys for it. */
async function learnNewKey(stage: Stage): Promise<void> {
  await passHalfAMinute(stage);
  await call(stage, await stage.token({ exp: now() + 3600 }), answered);
}

/** Tokens that differ from a good one in one part. */
const forgeries: readonly (readonly [
  string,
  (header: string, payload: string, signature: string) => string,
])[] = [
  ['another signature', (h, p, s) => `${h}.${p}.${s.startsWith('A') ? 'B' : 'A'}${s.slice(1)}`],
  ['a signature of zeros', (h, p) => `${h}.${p}.${'A'.repeat(86)}`],
  ['no signature', (h, p) => `${h}.${p}.`],
  ['a shorter signature', (h, p, s) => `${h}.${p}.${s.slice(0, -4)}`],
  ['another part behind it', (h, p, s) => `${h}.${p}.${s}.${s}`],
  ['another header', (_h, p, s) => `${encode({ alg: 'ES256', typ: 'JWT' })}.${p}.${s}`],
  ['alg none', (_h, p) => `${encode({ alg: 'none', typ: 'at+jwt' })}.${p}.`],
  ['another payload', (h, p, s) => `${h}.${moreScopes(p)}.${s}`],
  ['another case', (h, p, s) => `${h}.${p}.${s.toLowerCase()}`],
];

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function moreScopes(payload: string): string {
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  return encode({ ...claims, scope: 'notes.read notes.write notes.admin' });
}

const keyCases: Case[] = [
  remembered('its key is withdrawn', 'RFC 7517 section 5', async (stage) => {
    const token = await used(stage);
    await stage.issuer.rotate();
    await learnNewKey(stage);
    await call(stage, token, invalid);
  }),
  remembered('another key gets the name of its key', 'RFC 7517 section 4.5', async (stage) => {
    const token = await used(stage);
    const [old] = publishedKeys(stage);
    await stage.issuer.rotate();
    const [fresh] = publishedKeys(stage);
    ensure(old?.kid !== undefined && fresh !== undefined, 'there is no key');
    fresh.kid = old.kid;
    await learnNewKey(stage);
    await call(stage, token, invalid);
  }),
  remembered('a key is added beside its own', 'RFC 7517 section 5', async (stage) => {
    const token = await used(stage);
    await stage.issuer.rotate({ keep: true });
    await learnNewKey(stage);
    await call(stage, token, answered);
  }),
  remembered('its provider is down', 'resource-server.md: stale if error', async (stage) => {
    const token = await used(stage);
    stage.issuer.outage = 'hang';
    await passHalfAMinute(stage);
    await call(stage, token, answered);
  }),
];

const timeCases: Case[] = [
  remembered('it ends', everyRequest, async (stage) => {
    const token = await used(stage, { exp: now() + 25 });
    await passHalfAMinute(stage);
    await call(stage, token, invalid);
    await call(stage, token, invalid);
  }),
  remembered('it has not begun, and then has', everyRequest, async (stage) => {
    const token = await stage.token({ nbf: now() + 25, exp: now() + 3600 });
    await call(stage, token, invalid);
    await call(stage, token, invalid);
    await passHalfAMinute(stage);
    await call(stage, token, answered);
  }),
  remembered('it lasts', everyRequest, async (stage) => {
    const token = await used(stage);
    await passHalfAMinute(stage);
    await call(stage, token, answered);
  }),
];

const otherTokens: Case[] = [
  remembered('another has its jti, for another audience', 'RFC 8707 section 2', async (stage) => {
    const same = { jti: 'the-same', sub: 'alice', exp: now() + 3600 };
    const good = await used(stage, same);
    const foreign = await stage.token({ ...same, aud: 'https://other.example/mcp' });
    for (const token of [foreign, foreign, good, foreign])
      await call(stage, token, token === good ? answered : invalid);
  }),
  remembered('another has its jti, without its scope', wholeToken, async (stage) => {
    const same = { jti: 'the-same', sub: 'alice', exp: now() + 3600 };
    const good = await used(stage, same);
    const less = await stage.token({ ...same, scope: '' });
    for (const token of [less, good, less, good])
      await call(stage, token, token === good ? answered : lacking);
  }),
  remembered('another issuer signs the same claims', 'RFC 8725 section 3.8', async (stage) => {
    const claims = { iss: stage.issuer.issuer, scope: 'notes.read', sub: 'alice' };
    await used(stage, claims);
    await call(stage, await stage.tenant.sign({ ...claims, exp: now() + 3600 }), unknownKey);
  }),
  remembered('forty others are used at the same time', wholeToken, async (stage) => {
    const subjects = Array.from({ length: 40 }, (_, index) => `user-${index}`);
    const tokens = await Promise.all(subjects.map((sub) => stage.token({ sub, exp: now() + 600 })));
    for (let round = 0; round < 2; round += 1)
      await Promise.all(tokens.map((token) => call(stage, token, answered)));
    await passHalfAMinute(stage);
    for (const subject of subjects) {
      const lines = stage.log().split(`"subject":"${subject}"`).length - 1;
      ensure(lines === 2, `${subject} has ${lines} lines in the log`);
    }
  }),
];

export const tokenCache: Group = {
  name: 'known tokens',
  ownServer: true,
  env: () => ({ OAUTH_CLOCK_TOLERANCE: '0', ...movableClock }),
  cases: [
    ...keyCases,
    ...timeCases,
    ...otherTokens,
    ...forgeries.map(([what, forge]) =>
      scenario(`a good one with ${what}`, wholeToken, async (stage) => {
        const good = await used(stage);
        const [header = '', payload = '', signature = ''] = good.split('.');
        const forged = forge(header, payload, signature);
        await call(stage, forged, invalid);
        await call(stage, good, answered);
        await call(stage, forged, invalid);
      }),
    ),
  ],
};
