import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emit } from '../src/emit/emit.js';
import { load } from '../src/load/load.js';
import { plan } from '../src/plan/make-plan.js';

// How the time for one operation grows with the number of operations: 1.0 everywhere would be perfectly linear.
// Times are of this machine at this moment; only the ratios mean something elsewhere.

const sizes = [100, 1000, 4000];
const stages = ['load', 'plan', 'emit'] as const;

type Seconds = Record<(typeof stages)[number], number>;

const folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-bench-'));
try {
  await measure(100);
  const measured: Seconds[] = [];
  for (const size of sizes) measured.push(await measure(size));
  console.log('CPU time for one operation, as a multiple of what it is with 100 operations');
  console.log(['operations'.padEnd(12), ...stages.map((stage) => stage.padStart(8))].join(''));
  for (const [index, size] of sizes.entries()) {
    const cells = stages.map((stage) => ratio(measured, index, stage).toFixed(2).padStart(8));
    console.log([String(size).padEnd(12), ...cells].join(''));
  }
} finally {
  await rm(folder, { recursive: true });
}

function ratio(measured: readonly Seconds[], index: number, stage: keyof Seconds): number {
  const each = (at: number) => (measured[at]?.[stage] ?? 0) / (sizes[at] ?? 1);
  return each(index) / each(0);
}

async function measure(size: number): Promise<Seconds> {
  const source = join(folder, `${size}.json`);
  await writeFile(source, JSON.stringify(synthetic(size)));
  const [document, loading] = await timed(() => load(source));
  const [planned, planning] = await timed(() => plan(document));
  const [, emitting] = await timed(() => emit(planned));
  return { load: loading, plan: planning, emit: emitting };
}

async function timed<T>(work: () => T | Promise<T>): Promise<[T, number]> {
  const start = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(start);
  return [result, (user + system) / 1e6];
}

/** As many operations, each with parameters and a body whose schema others share, some of them recursive. */
function synthetic(size: number): object {
  const numbers = Array.from({ length: size }, (_, index) => index);
  const schemas = numbers.map((index) => [`Schema${index}`, schema(index, size)] as const);
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

// Chains of ten, the last of which refers to the first: recursion, and references that stay near.
function schema(index: number, size: number): object {
  const first = index - (index % 10);
  const next = index % 10 === 9 ? first : Math.min(index + 1, size - 1);
  return {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', maxLength: 100 },
      state: { type: 'string', enum: ['open', 'closed'] },
      next: { $ref: `#/components/schemas/Schema${next}` },
    },
  };
}
