import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.js';

/**
 * What takes minutes, or goes through every combination of something: each has an npm script of its own
 * (`npm run test:<name>`). `npm test` runs all the rest.
 */
const campaigns: Readonly<Record<string, readonly string[]>> = {
  projects: [
    'test/e2e/{changed-generator,ci-jobs,determinism,five-ways,many-clients,names}.test.ts',
    'test/e2e/{own-tests,projects,small-diffs}.test.ts',
  ],
  regeneration: ['test/commands/options.test.ts', 'test/write/{failing,killed}.test.ts'],
  providers: ['test/{providers,credentials}/**/*.test.ts'],
  connections: ['test/connections/!(public-authorities).test.ts'],
  proxies: ['test/proxies/**/*.test.ts'],
  availability: ['test/availability/**/*.test.ts'],
  attack: ['test/attack/**/*.test.ts'],
  search: ['test/search/**/*.test.ts'],
  workers: ['test/workers/**/*.test.ts'],
  browsers: ['test/{e2e/first-party-page,print/report-browser}.test.ts'],
  fuzz: ['test/{fuzz,property}/**/*.test.ts', 'test/runtime/equivalence.test.ts'],
};

/** Campaigns of many small files that share the processes and what they import, as those of `npm test` do. */
const sharing = ['providers', 'connections'];

/**
 * Each of these files has a process for itself: they replace a module or functions of `node:fs`, set the proxy of the
 * process, or compare processor times, in which the garbage of other files would count.
 */
const isolated = [
  'test/add/killed.test.ts',
  'test/client/hostile-server.test.ts',
  'test/runtime/{upstream/cost,credentials/secrets}.test.ts',
  'test/bench/floor.test.ts',
  'test/net/proxy.test.ts',
  'test/connections/public-authorities.test.ts',
];

/** What runs before the tests. */
const setupFile = (name: string) => join(import.meta.dirname, `test/support/${name}.ts`);

/** Of the projects whose tests generate cases, beside those of all. */
const setupFiles = [setupFile('seed')];

export default defineConfig({
  // A module of Cloudflare's, for tests of the code that imports it.
  resolve: {
    alias: { 'cloudflare:workers': join(import.meta.dirname, 'test/support/cloudflare.ts') },
  },
  test: {
    globalSetup: ['leak-check', 'shared-projects'].map(setupFile),
    setupFiles: ['environment', 'tables'].map(setupFile),
    sequence: { sequencer: LongestFirst },
    // Not one less than there are processors, which on a machine with two is one: much of a test waits.
    maxWorkers: 3,
    // Nothing here measures speed: these are for what hangs, on a machine that does other work as well.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 }, requireAssertions: true },
    projects: [
      {
        extends: true,
        test: {
          name: 'test',
          setupFiles,
          include: ['test/**/*.test.ts'],
          exclude: [...Object.values(campaigns).flat(), ...isolated],
          // Files share the processes, and with them what they import, which took as long as the tests themselves.
          isolate: false,
          // Tests that are concurrent wait, all of them.
          maxConcurrency: 50,
        },
      },
      { extends: true, test: { name: 'test-isolated', include: isolated } },
      ...Object.entries(campaigns).map(([name, include]) => ({
        extends: true as const,
        test: {
          name,
          include: [...include],
          isolate: !sharing.includes(name),
          ...(name === 'fuzz' && { setupFiles }),
        },
      })),
    ],
  },
});
