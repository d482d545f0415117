import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: join(import.meta.dirname, 'test/support/leak-check.ts'),
    testTimeout: 30_000,
    hookTimeout: 180_000,
  },
});
