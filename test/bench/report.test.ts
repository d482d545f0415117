import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format as prettify } from 'prettier';
import { expect, test } from 'vitest';
import { format } from './report.js';
import { Samples, type Run } from './results.js';
import { documents, longPlan, metrics, rowOf, shortPlan } from './scenarios.js';

/** A run with every row of the long form, each with its own ratio. */
function completeRun(name: string, first: number): Run {
  const samples = new Samples();
  let ratio = first;
  const add = (id: string) => samples.add(id, { floor: 1, server: ratio++ });
  for (const scenario of longPlan(1).scenarios)
    for (const metric of metrics) add(rowOf(scenario, metric));
  for (const document of documents)
    for (const what of ['start', 'memory']) add(`${document}/${what}`);
  add('petstore/growth');
  return { name, machine: `machine of ${name}`, rounds: 1, rows: samples.rows() };
}

/** The cells of the line of a table that begins with a title. */
function lineOf(page: string, title: string): string[] {
  const line = page.split('\n').find((text) => text.startsWith(`| ${title} |`)) ?? '';
  return line.split('|').map((cell) => cell.trim());
}

async function committed(file: string): Promise<string> {
  return readFile(join(import.meta.dirname, file), 'utf8');
}

test('RESULTS.md is what results.json gives (npm run bench:server -- --page)', async () => {
  const runs = JSON.parse(await committed('results.json')) as Run[];
  const page = await prettify(format(runs), { parser: 'markdown', printWidth: 100 });
  expect(await committed('RESULTS.md')).toBe(page);
});

test('runs are side by side, with the limits of each ratio', () => {
  const [before, after] = [completeRun('before', 100), completeRun('after', 200)];
  const page = format([before, after]);
  const scenario = { document: 'petstore', era: '2025-06-18', callers: 'one token' } as const;
  const id = rowOf({ ...scenario, connections: 32 }, 'cpu');
  const ratios = [before, after].map(({ rows }) => rows[id]?.ratio.toFixed(2) ?? 'none');
  expect(lineOf(page, 'CPU per call, petstore, 2025-06-18').slice(2, -1)).toEqual([
    '1.8',
    '1.0',
    ...ratios,
  ]);
});

test('every ratio with a limit is one that the long form measures', () => {
  const run = completeRun('now', 1);
  const [table = ''] = format([run]).split('## now');
  const lines = table.split('\n').filter((line) => line.startsWith('|'));
  expect(lines.length).toBeGreaterThan(15);
  for (const line of lines.slice(2)) expect(line).toMatch(/ \d+\.\d\d \|$/);
});

test('every scenario of the long form has a line with all of its figures', () => {
  const run = completeRun('now', 1);
  const [, details = ''] = format([run]).split('## now');
  const { scenarios } = longPlan(1);
  for (const { rows } of [run])
    for (const scenario of scenarios)
      for (const metric of metrics)
        expect(details).toContain(`${rows[rowOf(scenario, metric)]?.ratio.toFixed(2)} (`);
});

test('the short form measures nothing that the long form does not, so that it can be compared', () => {
  const rows = completeRun('now', 1).rows;
  for (const scenario of shortPlan(1).scenarios)
    for (const metric of metrics) expect(rows).toHaveProperty([rowOf(scenario, metric)]);
});
