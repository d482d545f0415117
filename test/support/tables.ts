/** In every process of tests: a table without rows is an error. Vitest would run none of its tests, and pass. */
import { describe, test } from 'vitest';

type Read = (this: unknown, rows: unknown, ...values: unknown[]) => unknown;
type Tables = Record<'each' | 'for', Read>;

const refusing = Symbol.for('tables without rows are refused');

function refuseEmpty(tables: Tables, name: keyof Tables): void {
  const read = tables[name];
  if (refusing in read) return;
  const checked: Read = function (rows, ...values) {
    if (Array.isArray(rows) && rows.length === 0) throw new Error(`\`${name}\` of an empty table`);
    return read.call(this, rows, ...values);
  };
  tables[name] = Object.assign(checked, { [refusing]: true });
}

for (const start of [describe, test] as unknown as (Tables & { fn: Tables })[])
  // `test.concurrent` and the like are copies of the second.
  for (const tables of [start, start.fn]) {
    refuseEmpty(tables, 'each');
    refuseEmpty(tables, 'for');
  }
