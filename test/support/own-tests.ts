import { execFile } from 'node:child_process';

/** The results of the tests in a generated project. */
export interface OwnTests {
  readonly output: string;
  /** Names; a skipped test does not count as passed. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

/**
 * Runs the tests of a built project, as its `npm test` does, but for a second process of Node. They choose a port, and a
 * moment later start a server there: once more, if another program was faster.
 */
export async function runOwnTests(folder: string): Promise<OwnTests> {
  const found = await runOnce(folder);
  return found.output.includes('EADDRINUSE') ? runOnce(folder) : found;
}

async function runOnce(folder: string): Promise<OwnTests> {
  const output = await new Promise<string>((resolve) => {
    const args = ['--test-reporter=tap', 'dist/test/server.test.js'];
    // Vitest's variables would make the tests behave as part of this run.
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
