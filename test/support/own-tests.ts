import { execFile } from 'node:child_process';

/** What the tests in a generated project said. */
export interface OwnTests {
  readonly output: string;
  /** Names; a skipped test is not passed. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

/** Runs the tests of a generated project that is built, as its `npm test` does. */
export async function runOwnTests(folder: string): Promise<OwnTests> {
  const output = await new Promise<string>((resolve) => {
    const args = ['--test', '--test-reporter=tap', 'dist/test/server.test.js'];
    // Vitest's own variables would make the tests think that they are part of this run.
    const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env;
    execFile(process.execPath, args, { cwd: folder, env }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
  const named = (pattern: RegExp) => [...output.matchAll(pattern)].map(([, name = '']) => name);
  return {
    output,
    passed: named(/^ *ok \d+ - ((?!.*# SKIP).*)$/gm),
    failed: named(/^ *not ok \d+ - (.*)$/gm),
  };
}
