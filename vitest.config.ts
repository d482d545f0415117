import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: join(import.meta.dirname, 'test/support/leak-check.ts'),
    // Not one less than there are processors, which on a machine with two is one: much of a test waits.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 180_000,
    // What is waited for comes at once, but not on a machine that is busy.
    expect: { poll: { timeout: 10_000 } },
  },
});
