import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Processes } from '../support/processes.js';
import { expectationsFile } from './expectations.js';

/** One requirement that a scenario looked at. A warning is a failed SHOULD. */
export interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly errorMessage?: string;
}

/** The checks of each scenario that ran, by name. */
export type Results = ReadonlyMap<string, readonly Check[]>;

export interface SuiteRun {
  readonly results: Results;
  /** What the suite itself has against the run, which ended with another status than 0. */
  readonly objection?: string;
}

// It needs Node 22, and brings it along.
const packages = ['node@22', '@modelcontextprotocol/conformance@0.2.0-alpha.12'];

// `npm run` hands on the repository's own settings, which refuse packages that want a newer Node than npm itself has,
// and `--silent`, which would leave out the reason.
const npmSettings = { npm_config_engine_strict: 'false', npm_config_loglevel: 'error' };

/** Runs all scenarios of a requirement set of the official suite, also those that it does not score; unless aborted. */
export async function runSuite(
  processes: Processes,
  url: string,
  revision: string,
  signal: AbortSignal,
): Promise<SuiteRun> {
  const cwd = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-suite-'));
  const output = join(cwd, 'results');
  const set = ['--requirements', revision, '--expected-failures', expectationsFile(revision)];
  const limits = ['--timeout', '15000', '-o', output];
  try {
    signal.throwIfAborted();
    const args = [...packages.flatMap((name) => ['-p', name]), 'conformance', 'server'];
    const { text, failed } = await processes
      .run({
        command: 'npx',
        args: ['-y', ...args, '--url', url, ...set, ...limits],
        cwd,
        env: npmSettings,
      })
      .then(
        (stdout) => ({ text: stdout, failed: false }),
        (error: unknown) => ({ text: (error as Error).message, failed: true }),
      );
    const results = readResults(output);
    const announced = /\((\d+) scenarios\)/.exec(text)?.[1];
    if (announced === undefined) throw new Error(`The suite did not begin. ${text}`);
    if (Number(announced) !== results.size)
      throw new Error(`The suite left ${results.size} results of ${announced}. ${text}`);
    return { results, ...(failed && { objection: text }) };
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

/** The suite writes a folder for each scenario: `server-tools-list-2026-07-28T12-00-00-000Z/checks.json`. */
function readResults(folder: string): Results {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return new Map(
    names.map((name) => {
      const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(name)?.[1] ?? name;
      const file = join(folder, name, 'checks.json');
      return [scenario, existsSync(file) ? readChecks(file) : [crashed]] as const;
    }),
  );
}

function readChecks(file: string): Check[] {
  return JSON.parse(readFileSync(file, 'utf8')) as Check[];
}

const crashed: Check = { id: 'crashed', status: 'FAILURE', errorMessage: 'the scenario threw' };
