/**
 * `npm run bench:server`: what a generated server costs, next to the least that one can cost. Linux only.
 *
 *     npm run bench:server                        all of it; writes results.json and RESULTS.md
 *     npm run bench:server -- --name after        as a run of that name, in a separate column; default: now
 *     npm run bench:server -- --short             a minute; fails when a ratio is more than twice that of the last run
 *                                                 in results.json, and writes nothing
 *     npm run bench:server -- … --output FILE     the page of this run alone goes into a file, and nothing else is written
 *     npm run bench:server -- … --rounds N        default: 5, of the short form 3
 *     npm run bench:server -- --page              measures nothing; writes RESULTS.md from results.json
 */
import { readFile, writeFile } from 'node:fs/promises';
import { arch, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format as prettify } from 'prettier';
import { format } from './report.js';
import { compare, Samples, withRun, type Run } from './results.js';
import { playGrowth, playRound } from './rounds.js';
import { longPlan, newTokens, shortPlan, type Plan } from './scenarios.js';
import { buildStage, type Stage } from './stage.js';

const { values: flags } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    output: { type: 'string' },
    rounds: { type: 'string' },
    name: { type: 'string', default: 'now' },
    page: { type: 'boolean', default: false },
  },
});
const rounds = Number(flags.rounds ?? (flags.short ? 3 : 5));
if (!Number.isSafeInteger(rounds) || rounds < 1)
  throw new Error('--rounds is a number, 1 or more.');
if (process.platform !== 'linux') throw new Error('CPU time is read from /proc: Linux only.');

const files = {
  results: join(import.meta.dirname, 'results.json'),
  page: join(import.meta.dirname, 'RESULTS.md'),
};

function machine(): string {
  const [first] = cpus();
  const load = loadavg()[0]?.toFixed(1) ?? '';
  return `Node ${process.version}, ${cpus().length} × ${first?.model ?? arch()}, load average ${load} at the start`;
}

async function play(stage: Stage, plan: Plan, samples: Samples, from = 0): Promise<void> {
  for (let round = from; round < from + plan.rounds; round += 1) {
    process.stderr.write(`round ${round + 1}\n`);
    await playRound(stage, plan, round, samples);
  }
}

async function committedRuns(): Promise<Run[]> {
  return JSON.parse(await readFile(files.results, 'utf8')) as Run[];
}

async function write(file: string, text: string): Promise<void> {
  const layout = { singleQuote: true, printWidth: 100 };
  await writeFile(file, await prettify(text, { ...layout, filepath: file }));
}

/** Once more if something seems to be worse: another program may have been at work during one half of a round. */
async function playShort(stage: Stage, plan: Plan, samples: Samples): Promise<void> {
  const committed = (await committedRuns()).at(-1)?.rows ?? {};
  await play(stage, plan, samples);
  if (compare(samples.rows(), committed).length > 0) await play(stage, plan, samples, plan.rounds);
  const worse = compare(samples.rows(), committed);
  process.stdout.write(worse.map((line) => `WORSE: ${line}\n`).join(''));
  process.stdout.write(
    worse.length === 0 ? 'No ratio is more than twice the committed one.\n' : '',
  );
  if (worse.length > 0) process.exitCode = 1;
}

/** The page of this run alone, or this run as one of those that are committed. */
async function save(run: Run): Promise<void> {
  if (flags.output !== undefined) return write(flags.output, format([run]));
  if (flags.short) return;
  const runs = withRun(await committedRuns(), run);
  await write(files.results, JSON.stringify(runs));
  await write(files.page, format(runs));
}

/** Rounds take minutes, and memory many more, so what is known is written in between. */
async function playLong(stage: Stage, plan: Plan, samples: Samples): Promise<void> {
  await play(stage, plan, samples);
  await save(runOf(samples));
  process.stderr.write('memory\n');
  await playGrowth(stage, samples);
}

function runOf(samples: Samples): Run {
  return {
    name: flags.name,
    machine: described,
    rounds: samples.rounds,
    rows: samples.rows(),
  };
}

async function main(): Promise<void> {
  const plan = flags.short ? shortPlan(rounds) : longPlan(rounds);
  process.stderr.write('building\n');
  const stage = await buildStage(newTokens(plan));
  const samples = new Samples();
  try {
    await (flags.short ? playShort : playLong)(stage, plan, samples);
  } finally {
    await stage.close();
  }
  const run = runOf(samples);
  await save(run);
  process.stdout.write(await prettify(format([run]), { parser: 'markdown', printWidth: 100 }));
}

const described = machine();
if (flags.page) await write(files.page, format(await committedRuns()));
else await main();
