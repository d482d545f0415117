import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emit } from '../src/emit/emit.js';
import { read } from '../src/generate.js';
import { plan } from '../src/plan/plan.js';
import { synthetic, type Shape } from './synthetic.js';

// How the time per operation grows with the number of operations: 1.0 everywhere would be perfectly linear. Times
// depend on the machine; only the ratios are comparable. Fails when a ratio exceeds its tolerance.

const stages = ['load', 'plan', 'emit'] as const;
const toleratedGrowth = 1.5;

/** Seconds of each stage. */
type Measured = Record<(typeof stages)[number], number>;

const sizes: Readonly<Record<Shape, readonly number[]>> = {
  neighbours: [100, 1200, 10_000],
  everything: [300, 600, 1200],
};

const folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-bench-'));
try {
  console.log('CPU time per operation, relative to the document with the fewest operations');
  for (const shape of ['neighbours', 'everything'] as const) await compare(shape);
} finally {
  await rm(folder, { recursive: true });
}

async function compare(shape: Shape): Promise<void> {
  await measure(400, shape);
  const measured: Measured[] = [];
  for (const size of sizes[shape]) measured.push(await measure(size, shape));
  const columns = stages.map((name) => name.padStart(8));
  console.log([`\n${shape}`.padEnd(13), ...columns].join(''));
  for (const [index, size] of sizes[shape].entries()) {
    const growth = stages.map((stage) => ratio(measured, sizes[shape], index, stage));
    const cells = growth.map((value) => value.toFixed(2).padStart(8));
    console.log([String(size).padEnd(12), ...cells].join(''));
    if (growth.some((value) => value > toleratedGrowth)) process.exitCode = 1;
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
  const [, emitting] = await timed(() => emit(planned));
  // The fixed cost of a project, its runtime and prose, does not belong to any operation.
  const tools = planned.api.tools.slice(0, 1);
  const [, fixed] = await timed(() => emit({ ...planned, api: { ...planned.api, tools } }));
  return { load: loading, plan: planning, emit: Math.max(0, emitting - fixed) };
}

async function timed<T>(work: () => T | Promise<T>): Promise<[T, number]> {
  const start = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(start);
  return [result, (user + system) / 1e6];
}
