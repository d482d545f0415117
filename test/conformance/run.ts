/**
 * `npm run conformance`: the official MCP conformance suite against a generated server with OAuth on, for both
 * protocol revisions that it has requirement sets for. Ends with 1 when anything is not as expected. With `-- --workers`,
 * the server is a Cloudflare Worker in workerd.
 */
import { root } from '../support/fixtures.js';
import { Processes } from '../support/processes.js';
import { examineCalls } from './calls.js';
import { readExpectations } from './expectations.js';
import { judge } from './judge.js';
import { complaintsOf, formatReasons, formatTable, type Row } from './report.js';
import { setStage, subject } from './stage.js';
import { runSuite } from './suite.js';

const workers = process.argv.includes('--workers');
const revisions = ['2026-07-28', '2025-11-25'];
const cleanup: (() => Promise<void>)[] = [];
const stop = new AbortController();

/** Resolves to everything that is not as it should be. */
async function conformance(): Promise<string[]> {
  const processes = new Processes();
  stop.signal.addEventListener('abort', () => void processes.close());
  const stage = await setStage(cleanup, stop.signal, workers ? ['--target', 'workers'] : []);
  const rows: Row[] = [];
  const complaints: string[] = [];
  for (const revision of revisions) {
    const began = performance.now();
    const { results, objection } = await runSuite(processes, stage.url, revision, stop.signal);
    const seconds = (performance.now() - began) / 1000;
    const expectations = readExpectations(revision);
    const verdict = judge(results, expectations);
    const row = { revision, scenarios: results.size, verdict, expectations, seconds };
    rows.push(row);
    const ours = complaintsOf(row);
    // The suite compares as well, more leniently: what it alone objects to is something we overlooked.
    complaints.push(...ours, ...(ours.length === 0 && objection !== undefined ? [objection] : []));
  }
  console.log([...rows.map(formatReasons), formatTable(rows)].join('\n\n'));
  const calls = await examineCalls(stage.server, subject);
  console.log(`\n${calls.count} tool calls.`);
  return [...complaints, ...calls.complaints];
}

// What is under way ends, nothing new begins, and what was started is undone as ever.
for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());

process.chdir(root);
let exitCode = 1;
try {
  const complaints = await conformance();
  for (const complaint of complaints) console.error(complaint);
  console.log(complaints.length === 0 ? 'As expected.' : `${complaints.length} not as expected.`);
  exitCode = complaints.length === 0 ? 0 : 1;
} catch (error) {
  console.error(stop.signal.aborted ? 'Interrupted.' : error);
}
for (const undo of cleanup.reverse()) await undo();
process.exit(exitCode);
