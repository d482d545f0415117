/**
 * In every process of tests: a table without rows is an error. vitest makes no test of it, and the file passes, though
 * nothing was tried: a list that is read from a page or a folder may come out empty.
 */
import { describe, it } from 'vitest';

interface Chain {
  each: (this: unknown, rows: unknown, ...values: unknown[]) => unknown;
}

const checked = Symbol.for('a table that was checked');

function check(chain: Chain): void {
  const { each } = chain;
  // Files share their processes, and each of them runs this.
  if (checked in each) return;
  const whole: Chain['each'] = function (rows, ...values) {
    if (Array.isArray(rows) && rows.length === 0)
      throw new Error('This table has no rows: nothing would be tested.');
    return each.call(this, rows, ...values);
  };
  chain.each = Object.assign(whole, { [checked]: true });
}

// `it.concurrent` and the like take theirs from `fn`.
for (const chain of [it, describe] as unknown as (Chain & { readonly fn: Chain })[])
  for (const one of [chain, chain.fn]) check(one);
