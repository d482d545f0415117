import { afterEach, expect, it, vi } from 'vitest';
import { quietly } from '../../src/print/quietly.js';

afterEach(() => vi.restoreAllMocks());

it('ends with the last of several actions that overlap', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  let fail = (_: Error): void => undefined;
  const first = quietly(() => Promise.resolve());
  const second = quietly(() => new Promise((_, reject) => (fail = reject)));
  await first;
  console.warn('during the second');
  fail(new Error('failed'));
  await expect(second).rejects.toThrow('failed');
  console.warn('afterwards');
  expect(warn.mock.calls).toEqual([['afterwards']]);
});
