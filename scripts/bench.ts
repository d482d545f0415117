import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { main } from '../src/cli.js';
import { emit } from '../src/emit/emit.js';
import { read } from '../src/generate.js';
import { withLock } from '../src/lock/with-lock.js';
import { plan } from '../src/plan/make-plan.js';
import { write } from '../src/write.js';
import { synthetic, type Shape } from './synthetic.js';

// How the time for one operation grows with the number of operations: 1.0 everywhere would be perfectly linear. And
// how long `generate --check` of an unchanged project takes, as a multiple of reading its document alone. Times are of
// this machine at this moment; only the ratios mean something elsewhere. Fails when one is above what is tolerated.

const stages = ['load', 'plan', 'emit'] as const;
const tolerated = { growth: 1.5, check: 2.5 };

/** Seconds of each stage; `check` is a ratio already. */
type Measured = Record<(typeof stages)[number] | 'check', number>;

const sizes: Readonly<Record<Shape, readonly number[]>> = {
  neighbours: [100, 1200, 10_000],
  everything: [300, 600, 1200],
};

const folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-bench-'));
try {
  console.log(
    'CPU time for one operation, as a multiple of what it is with the fewest operations;',
  );
  console.log('and that of --check for all of them, as a multiple of that of reading the document');
  for (const shape of ['neighbours', 'everything'] as const) await compare(shape);
} finally {
  await rm(folder, { recursive: true });
}

async function compare(shape: Shape): Promise<void> {
  await measure(400, shape);
  const measured: Measured[] = [];
  for (const size of sizes[shape]) measured.push(await measure(size, shape));
  const columns = [...stages, 'check'].map((name) => name.padStart(8));
  console.log([`\n${shape}`.padEnd(13), ...columns].join(''));
  for (const [index, size] of sizes[shape].entries()) {
    const growth = stages.map((stage) => ratio(measured, sizes[shape], index, stage));
    const check = measured[index]?.check ?? 0;
    const cells = [...growth, check].map((value) => value.toFixed(2).padStart(8));
    console.log([String(size).padEnd(12), ...cells].join(''));
    if (growth.some((value) => value > tolerated.growth)) process.exitCode = 1;
    // The fixed cost of a check shows in small projects, and nobody waits for those.
    if (size >= 1200 && check > tolerated.check) process.exitCode = 1;
  }
}

function ratio(
  measured: readonly Measured[],
  counts: readonly number[],
  index: number,
  stage: keyof Measured,
): number {
  const each = (at: number) => (measured[at]?.[stage] ?? 0) / (counts[at] ?? 1);
  return each(index) / each(0);
}

async function measure(size: number, shape: Shape): Promise<Measured> {
  const [url, output] = [join(folder, `${size}.json`), join(folder, String(size))];
  await writeFile(url, JSON.stringify(synthetic(size, shape)));
  const [document, loading] = await timed(() => read({ url, output }));
  const [planned, planning] = await timed(() => plan(document));
  const [files, emitting] = await timed(() => emit(planned));
  // The fixed cost of a project, its runtime and prose, is nobody's operation.
  const tools = planned.api.tools.slice(0, 1);
  const [, fixed] = await timed(() => emit({ ...planned, api: { ...planned.api, tools } }));
  await write(withLock(files, planned, document, {}), output);
  const check = await checkRatio(url, output);
  await rm(output, { recursive: true });
  return { load: loading, plan: planning, emit: Math.max(0, emitting - fixed), check };
}

/** The median of some pairs, because one of a pair may be unlucky. */
async function checkRatio(url: string, output: string): Promise<number> {
  const ratios: number[] = [];
  while (ratios.length < 5) {
    const [, reading] = await timed(() => read({ url, output }));
    const argv = ['generate', '--check', '--url', url, '--output', output];
    const [status, checking] = await timed(() =>
      main(argv, { stdout: nowhere(), stderr: nowhere() }),
    );
    if (status !== 0) throw new Error(`--check says ${status} of a project that is up to date`);
    ratios.push(checking / reading);
  }
  return ratios.sort((a, b) => a - b)[2] ?? 0;
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done: () => void) => done() });
}

async function timed<T>(work: () => T | Promise<T>): Promise<[T, number]> {
  const start = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(start);
  return [result, (user + system) / 1e6];
}
