import { describe, expect, it } from 'vitest';
import type { Expectation } from './expectations.js';
import { judge } from './judge.js';
import type { Check } from './suite.js';

const good = check('good', 'SUCCESS');
const form = check('wire-schema-valid', 'SUCCESS');

function check(id: string, status: Check['status']): Check {
  return { id, status, errorMessage: 'because' };
}

function expectation(scenario: string, id?: string): Expectation {
  return { scenario, reason: 'a reason', ...(id !== undefined && { check: id }) };
}

function judged(checks: readonly Check[], ...expectations: Expectation[]) {
  const verdict = judge(new Map([['scenario', checks]]), expectations);
  return { ...verdict, unexpected: Object.fromEntries(verdict.unexpected) };
}

describe('judge', () => {
  it('lets a scenario pass that proved something and failed in nothing', () => {
    const checks = [good, check('aside', 'INFO'), check('other', 'SKIPPED'), form];
    expect(judged(checks)).toEqual({
      passed: ['scenario'],
      expected: [],
      unexpected: {},
      stale: [],
    });
  });

  it.each(['FAILURE', 'WARNING'] as const)('does not let it pass with a %s', (status) => {
    const { passed, unexpected } = judged([good, check('bad', status)]);
    expect(passed).toEqual([]);
    expect(unexpected).toEqual({ scenario: [`${status} bad: because`] });
  });

  it('does not let it pass when nothing but the form of the messages was checked', () => {
    const skipped = [check('aside', 'INFO'), check('other', 'SKIPPED'), form];
    for (const checks of [[], skipped]) {
      expect(judged(checks).unexpected).toHaveProperty('scenario');
      expect(judged(checks, expectation('scenario'))).toMatchObject({
        passed: [],
        expected: ['scenario'],
        stale: [],
      });
    }
  });

  it('excuses what an entry for the whole scenario covers, but no malformed message', () => {
    const entry = expectation('scenario');
    expect(judged([good, check('bad', 'FAILURE')], entry).expected).toEqual(['scenario']);
    const malformed = [check('bad', 'FAILURE'), check('wire-schema-valid', 'FAILURE')];
    expect(judged(malformed, entry).unexpected).toEqual({
      scenario: ['FAILURE wire-schema-valid: because'],
    });
  });

  it('excuses only the check that an entry names', () => {
    const entry = expectation('scenario', 'bad');
    const checks = [good, check('bad', 'FAILURE')];
    expect(judged(checks, entry)).toMatchObject({ expected: ['scenario'], unexpected: {} });
    expect(judged([...checks, check('worse', 'FAILURE')], entry).unexpected).toEqual({
      scenario: ['FAILURE worse: because'],
    });
  });

  it.each([
    ['a scenario that passed', expectation('scenario')],
    ['a check that passed', expectation('scenario', 'good')],
    ['a check that did not run', expectation('scenario', 'absent')],
    ['a scenario that did not run', expectation('absent')],
  ])('finds an entry stale that names %s', (_, entry) => {
    expect(judged([good], entry)).toMatchObject({ passed: ['scenario'], stale: [entry] });
  });
});
