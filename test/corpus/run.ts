/**
 * `npm run corpus`: generates from real documents that npm packages carry (`packages.json`), and checks what comes out.
 *
 *     npm run corpus                             the small packages
 *     npm run corpus -- --large                  the large ones too
 *     npm run corpus -- --all                    all of them, and all documents of each
 *     npm run corpus -- [--all] NAME …           these packages only
 *     npm run corpus -- [NAME …] --match TEXT    only documents with TEXT in their name
 *     npm run corpus -- … --every N              only the first of every N documents
 *     npm run corpus -- … --output FILE          the table goes into a file too
 */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Outcome } from './examine.js';
import { install, listDocuments, readPackages, readRefusals } from './packages.js';
import type { CorpusDocument, Refusals } from './packages.js';
import { examineAll } from './pool.js';
import { formatTable, type Row } from './table.js';

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    large: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    match: { type: 'string', default: '' },
    output: { type: 'string' },
    workers: { type: 'string', default: '2' },
    every: { type: 'string', default: '1' },
  },
});

/** The documents to run on; installs what holds them, one package at a time. */
async function chooseDocuments(): Promise<CorpusDocument[]> {
  const packages = await readPackages();
  const unknown = names.filter((name) => packages.every((known) => known.name !== name));
  if (unknown.length > 0) throw new Error(`packages.json has no ${unknown.join(', ')}.`);
  const documents: CorpusDocument[] = [];
  for (const entry of packages) {
    const wanted = entry.large !== true || flags.large || flags.all;
    if (names.length > 0 ? !names.includes(entry.name) : !wanted) continue;
    documents.push(...(await listDocuments(entry, await install(entry), flags.all)));
  }
  const every = Number(flags.every);
  if (!Number.isSafeInteger(every) || every < 1) throw new Error('--every is a number, 1 or more.');
  return documents
    .filter(({ name }) => name.includes(flags.match))
    .filter((_, index) => index % every === 0);
}

/** What is wrong, given that some documents are known to be of no use. */
function judge(name: string, { refused, failures }: Outcome, refusals: Refusals): string[] {
  const expected = refusals[name]?.code;
  if (expected === undefined)
    return [...failures, ...(refused ? [`it was refused: ${refused.join(', ')}`] : [])];
  if (refused?.includes(expected)) return [...failures];
  return [...failures, `refused.json says ${expected}, but ${refused?.join(', ') ?? 'it works'}`];
}

/** Examines the documents; resolves to a row for each in code unit order, and to how many projects were started. */
async function examine(documents: readonly CorpusDocument[]): Promise<[Row[], number]> {
  const refusals = await readRefusals();
  const rows: Row[] = [];
  const scratch = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-corpus-'));
  try {
    await examineAll(
      documents,
      { workers: Number(flags.workers), scratch },
      (document, outcome) => {
        rows.push({ document, outcome, failures: judge(document.name, outcome, refusals) });
        if (process.stderr.isTTY)
          console.error(`${rows.length}/${documents.length} ${document.name}`);
      },
    );
    const marks = (await readdir(scratch)).filter((name) => name.startsWith('works-'));
    return [rows.sort((a, b) => (a.document.name < b.document.name ? -1 : 1)), marks.length];
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function printFailures({ document, failures }: Row): void {
  const shown = failures.slice(0, 10).map((failure) => `\n  ${failure}`);
  const more = failures.length > 10 ? `\n  and ${failures.length - 10} more` : '';
  console.log(`\n${document.name}${shown.join('')}${more}`);
}

const began = performance.now();
const [rows, started] = await examine(await chooseDocuments());
const failed = rows.filter(({ failures }) => failures.length > 0);
console.log(formatTable(rows));
if (flags.output !== undefined) await writeFile(flags.output, `${formatTable(rows, false)}\n`);
failed.forEach(printFailures);
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(`\n${started} different projects compiled and started, in ${seconds} seconds.`);
console.log(`${rows.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 || rows.length === 0 ? 1 : 0;
