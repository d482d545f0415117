import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argumentsOf, staysAtHome } from './arguments.js';
import { authorizationOf, signatureOf } from './authorization.js';
import { checkAlways, toolOf } from './check.js';
import { createForger } from './forger.js';
import { makeGrants, mayCall, type Grant } from './grants.js';
import { head, mayAuthorize } from './heads.js';
import { batch, goodArguments, message } from './messages.js';
import { bearer, call, eraLines, post } from './requests.js';
import { startFuzzStage, type FuzzStage, type Observation } from './stage.js';
import { isValid, recipe, scopesIn } from './tokens.js';

// FUZZ_RUNS is the sum of all five; the seed of a failure is in its message.
const runs = Math.ceil(Number(process.env['FUZZ_RUNS'] ?? 500) / 5);
const options = { timeout: 30_000 + runs * 300 };
/** Ends before vitest's timeout, after which it would continue beside the next one. */
const inTime = { interruptAfterTimeLimit: options.timeout - 10_000, markInterruptAsFailure: true };

let stage: FuzzStage;
let grants: readonly Grant[];
let all: Grant;
beforeAll(async () => {
  stage = await startFuzzStage();
  grants = await makeGrants(stage.server.issuer);
  [all = { name: '' }] = grants;
});
afterAll(() => stage.close());

/** Often the one with all scopes; otherwise little would ever run. */
const anyGrant = () =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(all) },
    { weight: 1, arbitrary: fc.constantFrom(...grants) },
  );
const goodCall = () => call('read_note', goodArguments('read_note'));
const statusOf = ({ answer }: Observation) => answer.status;

describe('the Authorization header', () => {
  it('gives access to one valid token in its place, and to nothing else', options, async () => {
    let opened = 0;
    const cases = anyGrant().chain((grant) =>
      authorizationOf(grant.token ?? '').map((made) => ({ grant, made })),
    );
    const property = fc.asyncProperty(cases, async ({ grant, made: { lines, verdict } }) => {
      const seen = await post(stage, goodCall(), lines);
      const scopes = ['good', 'either'].includes(verdict) ? grant.scopes : undefined;
      checkAlways(stage, seen, { scopes, confidential: signatureOf(grant) });
      // 431: Node's own limit of all header lines together.
      const refusals = verdict === 'missing' ? [401] : [400, 401, 431];
      const admitted = mayCall('read_note', grant.scopes) ? [200] : [403];
      const expected = scopes === undefined ? refusals : admitted;
      expect(verdict === 'either' ? [...expected, ...refusals] : expected).toContain(
        statusOf(seen),
      );
      if (seen.upstream.length > 0) opened += 1;
    });
    await fc.assert(property, { numRuns: runs, ...inTime });

    expect(opened).toBeGreaterThan(runs / 200);
  });
});

describe('the head of a request', () => {
  it('never bypasses authentication, and breaks nothing', options, async () => {
    let opened = 0;
    const property = fc.asyncProperty(head, anyGrant(), async (made, grant) => {
      const { lines, ...request } = made;
      const seen = await post(stage, goodCall(), [...bearer(grant), ...lines], request);
      const scopes = lines.some(mayAuthorize) ? undefined : grant.scopes;
      checkAlways(stage, seen, { scopes, confidential: signatureOf(grant) });
      if (seen.upstream.length > 0) opened += 1;
    });
    await fc.assert(property, { numRuns: runs, ...inTime });

    expect(opened).toBeGreaterThan(runs / 200);
  });
});

describe('the JSON-RPC body', () => {
  it('runs only what the token allows, and always gets a response', options, async () => {
    let opened = 0;
    const cases = fc.record({ grant: anyGrant(), made: message, lines: eraLines });
    const property = fc.asyncProperty(cases, async ({ grant, made, lines }) => {
      const seen = await post(stage, made.text, [...bearer(grant), ...lines]);
      checkAlways(stage, seen, { scopes: grant.scopes, confidential: signatureOf(grant) });
      if (grant.scopes === undefined) expect(statusOf(seen)).toBe(401);
      else if (made.calls !== undefined && !mayCall(made.calls, grant.scopes))
        expect(statusOf(seen)).toBe(403);
      else if (made.calls !== undefined && lines.length === 0) {
        expect(statusOf(seen)).toBe(200);
        expect(seen.upstream.map(({ target }) => toolOf(target))).toContain(made.calls);
      }
      if (seen.upstream.length > 0) opened += 1;
    });
    await fc.assert(property, { numRuns: Math.ceil(runs / 2), ...inTime });

    expect(opened).toBeGreaterThan(runs / 200);
  });

  it('runs a batch as a whole or not at all', options, async () => {
    let opened = 0;
    const cases = fc.record({
      grant: anyGrant(),
      messages: batch,
      lines: eraLines,
    });
    const property = fc.asyncProperty(cases, async ({ grant, messages, lines }) => {
      const text = `[${messages.map((each) => each.text).join(',')}]`;
      const seen = await post(stage, text, [...bearer(grant), ...lines]);
      checkAlways(stage, seen, { scopes: grant.scopes, confidential: signatureOf(grant) });
      const calls = messages.flatMap(({ calls: name }) => name ?? []);
      if (!calls.every((name) => mayCall(name, grant.scopes))) expect(seen.upstream).toEqual([]);
      if (seen.upstream.length > 1) opened += 1;
    });
    await fc.assert(property, { numRuns: Math.ceil(runs / 2), ...inTime });

    expect(opened).toBeGreaterThan(runs / 200);
  });
});

describe('the arguments of a tool', () => {
  it(
    'become a request to the tool’s own path in the API, with the right credentials',
    options,
    async () => {
      let opened = 0;
      const cases = fc
        .constantFrom(...stage.api.tools)
        .chain((tool) => argumentsOf(tool).map((args) => ({ tool, args })));
      const property = fc.asyncProperty(cases, async ({ tool, args }) => {
        const seen = await post(stage, call(tool.name, args), bearer(all));
        checkAlways(stage, seen, { scopes: all.scopes, confidential: signatureOf(all) });
        expect(statusOf(seen)).toBe(200);
        // A second request follows a redirect.
        const [first, ...others] = seen.upstream;
        expect(others.every(({ target }) => target.includes('/again'))).toBe(true);
        for (const { method, target, headers } of seen.upstream) {
          expect([tool.name, method, target, staysAtHome(tool, method, target)]).toContain(true);
          expect(headers).not.toHaveProperty('x-injected');
          expect(headers).not.toHaveProperty('accept-language.x');
        }
        if (first !== undefined) opened += 1;
      });
      await fc.assert(property, { numRuns: runs, ...inTime });

      expect(opened).toBeGreaterThan(runs / 4);
    },
  );
});

describe('the claims and the header of a token', () => {
  it('are accepted exactly when all of them are valid', options, async () => {
    const outcomes = new Map<number, number>();
    const { url, issuer } = stage.server;
    const forge = await createForger(issuer);
    const now = Math.floor(Date.now() / 1000);
    const property = fc.asyncProperty(recipe(url, issuer.issuer, now), async (made) => {
      const token = await forge(made);
      const scopes = isValid(made) ? scopesIn(made) : undefined;
      const seen = await post(stage, goodCall(), bearer({ name: '', token }));
      const isUnsure = made.forgery === 'unknown kid';
      const confidential = signatureOf({ name: '', token });
      checkAlways(stage, seen, { scopes, isUnsure, confidential });
      const refused = isUnsure && seen.answer.status === 503 ? 503 : 401;
      const expected = scopes === undefined ? refused : mayCall('read_note', scopes) ? 200 : 403;
      expect(statusOf(seen)).toBe(expected);
      expect(seen.upstream.length > 0).toBe(expected === 200);
      outcomes.set(expected, 1 + (outcomes.get(expected) ?? 0));
    });
    await fc.assert(property, { numRuns: runs, ...inTime });
    for (const status of [200, 401]) expect(outcomes.get(status) ?? 0).toBeGreaterThan(runs / 200);
  });
});

it('still responds to a valid call after all that', async () => {
  const seen = await post(stage, goodCall(), bearer(all));
  expect(statusOf(seen)).toBe(200);
  expect(seen.upstream.length).toBeGreaterThan(0);
});
