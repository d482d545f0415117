import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emit } from '../src/emit/emit.js';
import { load } from '../src/load/load.js';
import { plan } from '../src/plan/make-plan.js';

// How the time for one operation grows with the number of operations: 1.0 everywhere would be perfectly linear.
// Times are of this machine at this moment; only the ratios mean something elsewhere. Fails when one is above 1.5.

const stages = ['load', 'plan', 'emit'] as const;
const tolerated = 1.5;

type Seconds = Record<(typeof stages)[number], number>;

/**
 * Schemas that refer to their neighbours; and schemas that all lead to all others, as in Microsoft Graph, where every
 * tool's own schema is as long as any may be.
 */
const shapes: Readonly<Record<string, { readonly referTo: ReferTo; readonly sizes: number[] }>> = {
  neighbours: { referTo: nextNeighbour, sizes: [100, 1000, 10_000] },
  everything: { referTo: anywhere, sizes: [300, 600, 1200] },
};

const folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-bench-'));
try {
  console.log('CPU time for one operation, as a multiple of what it is with the fewest operations');
  for (const name of Object.keys(shapes)) await compare(name);
} finally {
  await rm(folder, { recursive: true });
}

type ReferTo = (index: number, size: number) => number[];

async function compare(name: string): Promise<void> {
  const { referTo, sizes } = shapes[name] ?? { referTo: nextNeighbour, sizes: [] };
  await measure(400, referTo);
  const measured: Seconds[] = [];
  for (const size of sizes) measured.push(await measure(size, referTo));
  console.log([`\n${name}`.padEnd(13), ...stages.map((stage) => stage.padStart(8))].join(''));
  for (const [index, size] of sizes.entries()) {
    const ratios = stages.map((stage) => ratio(measured, sizes, index, stage));
    const cells = ratios.map((value) => value.toFixed(2).padStart(8));
    console.log([String(size).padEnd(12), ...cells].join(''));
    if (ratios.some((value) => value > tolerated)) process.exitCode = 1;
  }
}

function ratio(
  measured: readonly Seconds[],
  sizes: readonly number[],
  index: number,
  stage: keyof Seconds,
): number {
  const each = (at: number) => (measured[at]?.[stage] ?? 0) / (sizes[at] ?? 1);
  return each(index) / each(0);
}

async function measure(size: number, referTo: ReferTo): Promise<Seconds> {
  const source = join(folder, `${size}.json`);
  await writeFile(source, JSON.stringify(synthetic(size, referTo)));
  const [document, loading] = await timed(() => load(source));
  const [planned, planning] = await timed(() => plan(document));
  const [, emitting] = await timed(() => emit(planned));
  // The fixed cost of a project, its runtime and prose, is nobody's operation.
  const [, fixed] = await timed(() => emit({ ...planned, api: { ...planned.api, tools: [] } }));
  return { load: loading, plan: planning, emit: Math.max(0, emitting - fixed) };
}

async function timed<T>(work: () => T | Promise<T>): Promise<[T, number]> {
  const start = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(start);
  return [result, (user + system) / 1e6];
}

/** As many operations, each with parameters and a body whose schema others share, some of them recursive. */
function synthetic(size: number, referTo: ReferTo): object {
  const numbers = Array.from({ length: size }, (_, index) => index);
  const schemas = numbers.map((index) => [`Schema${index}`, schema(referTo(index, size))] as const);
  const paths = numbers.map(
    (index) => [`/things${index}/{id}`, { post: operation(index) }] as const,
  );
  return {
    openapi: '3.1.0',
    info: { title: 'Synthetic', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    paths: Object.fromEntries(paths),
    components: { schemas: Object.fromEntries(schemas) },
  };
}

function operation(index: number): object {
  return {
    operationId: `changeThing${index}`,
    summary: `Change thing ${index}`,
    parameters: [
      { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
      { name: 'fields', in: 'query', schema: { type: 'array', items: { type: 'string' } } },
    ],
    requestBody: {
      content: { 'application/json': { schema: { $ref: `#/components/schemas/Schema${index}` } } },
    },
    responses: { 200: { description: 'Changed' } },
  };
}

/** Chains of ten, the last of which refers to the first: recursion, and references that stay near. */
function nextNeighbour(index: number, size: number): number[] {
  const first = index - (index % 10);
  return [index % 10 === 9 ? first : Math.min(index + 1, size - 1)];
}

/** Steps of several lengths around a circle, so that every schema reaches every other one in a few of them. */
function anywhere(index: number, size: number): number[] {
  return [1, 7, 61, 499].map((step) => (index + step) % size);
}

function schema(others: readonly number[]): object {
  const references = others.map(
    (other, index) => [`next${index}`, { $ref: `#/components/schemas/Schema${other}` }] as const,
  );
  return {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', maxLength: 100 },
      state: { type: 'string', enum: ['open', 'closed'] },
      ...Object.fromEntries(references),
    },
  };
}
