import { describe, expect, it } from 'vitest';

it('refuses tables without rows', () => {
  for (const table of [
    () => it.each([]),
    () => it.for([]),
    () => it.concurrent.each([]),
    () => describe.each([]),
    () => describe.concurrent.for([]),
  ])
    expect(table).toThrow('of an empty table');
});
