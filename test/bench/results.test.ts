import { expect, test } from 'vitest';
import { compare, Samples, withRun, type Rows, type Run } from './results.js';

const cpu = 'petstore/2025-06-18/one token/32/cpu';
const rate = 'petstore/2025-06-18/one token/32/rate';

function rowsOf(ratios: Readonly<Record<string, number>>): Rows {
  return Object.fromEntries(
    Object.entries(ratios).map(([id, ratio]) => [id, { floor: 1, server: ratio, ratio }]),
  );
}

function runOf(name: string, ratio: number): Run {
  return { name, machine: 'one', rounds: 5, rows: rowsOf({ [cpu]: ratio }) };
}

test('a ratio is the median of those of the rounds, and a slow round does not count', () => {
  const samples = new Samples();
  samples.add(cpu, { floor: 100, server: 200 });
  samples.add(cpu, { floor: 1000, server: 3000 });
  samples.add(cpu, { floor: 110, server: 990 });
  expect(samples.rows()).toEqual({ [cpu]: { floor: 110, server: 990, ratio: 3 } });
  expect(samples.rounds).toBe(3);
});

test('of an even number of rounds, the median is between the two in the middle', () => {
  const samples = new Samples();
  for (const server of [1, 2, 4, 100]) samples.add(cpu, { floor: 1, server });
  expect(samples.rows()[cpu]).toEqual({ floor: 1, server: 3, ratio: 3 });
});

test('rows keep three digits', () => {
  const samples = new Samples();
  samples.add(cpu, { floor: 236.4444, server: 2254.56 });
  expect(samples.rows()[cpu]).toEqual({ floor: 236, server: 2250, ratio: 9.54 });
});

test('a ratio may be twice the committed one, and not more', () => {
  const committed = rowsOf({ [cpu]: 1.5 });
  expect(compare(rowsOf({ [cpu]: 3 }), committed)).toEqual([]);
  expect(compare(rowsOf({ [cpu]: 3.01 }), committed)).toEqual([
    `${cpu}: 3.01 times the floor's, committed 1.5`,
  ]);
});

test('calls a second may be half of the committed ones, and not less', () => {
  const committed = rowsOf({ [rate]: 0.8 });
  expect(compare(rowsOf({ [rate]: 4 }), committed)).toEqual([]);
  expect(compare(rowsOf({ [rate]: 0.4 }), committed)).toEqual([]);
  expect(compare(rowsOf({ [rate]: 0.39 }), committed)).toHaveLength(1);
});

test('a row without a committed one, or without a number, does not pass', () => {
  expect(compare(rowsOf({ [cpu]: 1 }), {})).toEqual([`${cpu}: results.json has no such row`]);
  expect(compare(rowsOf({ [cpu]: NaN }), rowsOf({ [cpu]: 1 }))).toHaveLength(1);
});

test('rows that were committed but not measured are not a fault', () => {
  expect(compare(rowsOf({ [cpu]: 1 }), rowsOf({ [cpu]: 1, [rate]: 1 }))).toEqual([]);
});

test('a run replaces the one of its name where it is, and a new one comes last', () => {
  const runs = [runOf('before', 9), runOf('after', 2)];
  const changed = withRun(runs, runOf('before', 8));
  expect(changed).toEqual([runOf('before', 8), runOf('after', 2)]);
  expect(withRun(runs, runOf('later', 1)).map(({ name }) => name)).toEqual([
    'before',
    'after',
    'later',
  ]);
});
