import { prepare } from '../../src/generate.js';
import { load } from '../../src/load/load.js';
import { createSearch } from '../../templates/src/runtime/search/rank.js';
import { bagsOf, plainBm25 } from './bm25.js';
import { fileOf } from './documents.js';
import { barsOf, readTasks, recall, tryTask, type Row, type Task } from './score.js';

// Scores the search of generated servers: npm run search:score [-- document …]. Exits with 1 if a limit is missed.

const COSTS = 'github-api';
const MOST = { build: 1.5, query: 2 };
const ROUNDS = 7;

const wanted = process.argv.slice(2);
const tasks = await readTasks();
const rows: Row[] = [];
const costs: { name: string; most: number; ratio: number }[] = [];
const omitted: Task[] = [];
for (const document of [...new Set(tasks.map((task) => task.document))].sort()) {
  if (wanted.length > 0 && !wanted.includes(document)) continue;
  const own = tasks.filter((task) => task.document === document);
  const file = await fileOf(document);
  if (file === undefined) omitted.push(...own);
  else rows.push(...(await scoreDocument(document, file, own)));
}

for (const kind of ['terse', 'synonym', 'goal', 'read-only'])
  printLine(
    kind,
    rows.filter(({ task }) => task.kind === kind),
  );
console.log(`Not run, because no package has the document: ${omitted.length} tasks`);
console.log(`  ${omitted.map(({ id, document }) => `${document} ${id}`).join(', ')}`);
const missed = [
  ...barsOf(rows).filter(
    (bar) => !printBar(bar.name, bar.reached, bar.reached >= bar.least, bar.least),
  ),
  ...costs.filter((cost) => !printBar(cost.name, cost.ratio, cost.ratio <= cost.most, cost.most)),
];
process.exitCode = missed.length > 0 ? 1 : 0;

async function scoreDocument(document: string, file: string, own: readonly Task[]): Promise<Row[]> {
  const { api } = await prepare({ url: file });
  const search = createSearch(api.tools);
  const done = own.map((task) => tryTask(task, api.tools, search));
  printLine(`${document} (${api.tools.length})`, done);
  if (document === COSTS) await compare(file, api.tools);
  return done;
}

/** The median of the ratios of rounds that alternate, so that a busy machine slows down both. */
async function compare(file: string, tools: Parameters<typeof createSearch>[0]): Promise<void> {
  const bags = bagsOf((await load(file)).openapi);
  const queries = tasks.map(({ query }) => query);
  const build: number[] = [];
  const query: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [own, ownBuild] = timed(() => createSearch(tools));
    const [plain, plainBuild] = timed(() => plainBm25(bags));
    const [, ownQuery] = timed(() => queries.map((text) => own(text, 20)));
    const [, plainQuery] = timed(() => queries.map(plain));
    build.push(ownBuild / plainBuild);
    query.push(ownQuery / plainQuery);
  }
  costs.push({ name: 'index, times plain BM25', most: MOST.build, ratio: median(build) });
  costs.push({ name: 'query, times plain BM25', most: MOST.query, ratio: median(query) });
}

function timed<T>(work: () => T): [T, number] {
  const started = performance.now();
  const made = work();
  return [made, performance.now() - started];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function printLine(name: string, some: readonly Row[]): void {
  const shares = [1, 3, 5, 10].map((first) => `${(100 * recall(some, first)).toFixed(0)} %`);
  const cells = [name.padEnd(30), String(some.length), ...shares].map((cell) => cell.padStart(6));
  console.log(cells.join(''));
}

function printBar(name: string, value: number, isReached: boolean, bar: number): boolean {
  console.log(
    `${isReached ? 'ok    ' : 'MISSED'} ${name}: ${value.toFixed(2)} (bar ${bar.toFixed(2)})`,
  );
  return isReached;
}
