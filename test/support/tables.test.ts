import { describe, expect, it } from 'vitest';

const none: string[] = [];

describe('a table without rows', () => {
  it.each([
    ['it', it],
    ['it.concurrent', it.concurrent],
    ['describe', describe],
    ['describe.concurrent', describe.concurrent],
  ])('is an error: %s.each', (_, { each }) => {
    expect(() => each(none)).toThrow('This table has no rows');
  });
});
