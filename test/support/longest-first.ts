import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take more than 25 seconds, the longest first. A clean checkout has no measurements of its own, and
 * vitest would begin a small file that takes minutes when everything else is done, beside an idle processor.
 */
const longest = [
  'e2e/projects',
  'attack/attack',
  'e2e/own-tests',
  'e2e/ci-jobs',
  'property/documents',
  'write/failing',
  'print/report-browser',
  'proxies/proxies',
  'e2e/first-party-page',
  'availability/pipelining',
  'availability/opaque',
  'write/killed',
  'commands/options',
  'e2e/determinism',
  'e2e/changed-generator',
  'workers/worker',
  'add/add',
  'dev/dev',
  'telemetry/spans',
  'login/login',
];

/** Their place in the list; the others come last. */
function rankOf({ moduleId }: TestSpecification): number {
  const place = longest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return place === -1 ? longest.length : place;
}

/** The order of test files: these first, whatever their project, and the others as vitest sorts them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}
