/**
 * `npx tsx test/corpus/listing.ts`: the bytes that listing a tool takes, over the real documents of `packages.json`.
 *
 *     npx tsx test/corpus/listing.ts                     as it is now
 *     npx tsx test/corpus/listing.ts --before FOLDER     compared with a checkout of an earlier commit
 *     npx tsx test/corpus/listing.ts … --large           the large packages too
 *     npx tsx test/corpus/listing.ts … --output FILE     the table goes into a file too
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import type { load } from '../../src/load/load.js';
import type { plan } from '../../src/plan/plan.js';
import type { Api, JsonObject, Tool } from '../../templates/src/runtime/api.js';
import { listTool } from '../../templates/src/runtime/listing.js';
import { withoutFields } from '../../templates/src/runtime/upstream/fields.js';
import { keywordBytes, keywordRows, type KeywordBytes } from './listing-keywords.js';
import { install, listDocuments, readPackages, type CorpusDocument } from './packages.js';

const { values: flags } = parseArgs({
  options: {
    before: { type: 'string' },
    large: { type: 'boolean', default: false },
    output: { type: 'string' },
  },
});

/** The two stages of a checkout that plan a document. */
interface Stages {
  readonly load: typeof load;
  readonly plan: typeof plan;
}

async function stagesOf(folder: string): Promise<Stages> {
  const at = (path: string) => pathToFileURL(resolve(folder, path)).href;
  const loading = (await import(at('src/load/load.ts'))) as Pick<Stages, 'load'>;
  // Where older checkouts have it, `plan.ts` has types only.
  const older = at('src/plan/make-plan.ts');
  const place = existsSync(new URL(older)) ? older : at('src/plan/plan.ts');
  const planning = (await import(place)) as Pick<Stages, 'plan'>;
  return { load: loading.load, plan: planning.plan };
}

/** What a document becomes; undefined for those of no use (`refused.json`). */
async function apiOf(stages: Stages, file: string): Promise<Api | undefined> {
  const document = await stages.load(file, {}).catch(() => undefined);
  try {
    return document && stages.plan(document, { name: 'listing' }).api;
  } catch {
    return undefined;
  }
}

/** Bytes for each tool of a document, by what they are for, and those of its arguments by keyword. */
type Bytes = Readonly<Record<Part, number>> & { readonly keywords: KeywordBytes };
const parts = ['name', 'title', 'description', 'arguments', 'fields', 'hints'] as const;
type Part = (typeof parts)[number];

const bytesOf = (value: unknown) =>
  value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));

/** With its key, colon and comma. */
const memberBytes = (key: string, value: unknown) =>
  value === undefined ? 0 : bytesOf(key) + bytesOf(value) + 2;

/** As it was listed before anything was saved (commit fe92182). */
function listedBefore({ name, title, description, annotations, inputSchema }: Tool): JsonObject {
  const hints = { ...(title !== undefined && { title }), ...annotations };
  const first = { name, ...(title !== undefined && { title }), description };
  return { ...first, inputSchema, annotations: hints } as unknown as JsonObject;
}

function split(listed: JsonObject, lean: JsonObject): Bytes {
  const { name, title, description, inputSchema, annotations } = listed;
  return {
    name: memberBytes('name', name) + 1,
    title: memberBytes('title', title),
    description: memberBytes('description', description),
    arguments: memberBytes('inputSchema', lean['inputSchema']),
    fields: bytesOf(inputSchema) - bytesOf(lean['inputSchema']),
    hints: memberBytes('annotations', annotations),
    keywords: keywordBytes(lean['inputSchema'] ?? null),
  };
}

function now(api: Api): Bytes[] {
  const bare = withoutFields(api);
  return api.tools.map((tool, index) => {
    const listed = [tool, bare.tools[index] ?? tool].map((one) => listTool(one));
    return split(listed[0] as unknown as JsonObject, listed[1] as unknown as JsonObject);
  });
}

function before(api: Api): Bytes[] {
  return api.tools.map((tool) => split(listedBefore(tool), listedBefore(tool)));
}

function mean(tools: readonly Bytes[]): Bytes {
  const averages = <Key extends string>(
    keys: readonly Key[],
    of: (bytes: Bytes) => Partial<Record<Key, number>>,
  ) => {
    const sum = (key: Key) => tools.reduce((all, bytes) => all + (of(bytes)[key] ?? 0), 0);
    return Object.fromEntries(keys.map((key) => [key, sum(key) / tools.length]));
  };
  const keywords = [...new Set(tools.flatMap((bytes) => Object.keys(bytes.keywords)))];
  const ofParts = averages(parts, (bytes) => bytes) as Record<Part, number>;
  return { ...ofParts, keywords: averages(keywords, (bytes) => bytes.keywords) };
}

const total = (bytes: Bytes) => parts.reduce((sum, part) => sum + bytes[part], 0);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return ((sorted[middle] ?? 0) + (sorted[Math.ceil(sorted.length / 2 - 0.5)] ?? 0)) / 2;
}

async function documents(): Promise<(CorpusDocument & { isLarge: boolean })[]> {
  const found: (CorpusDocument & { isLarge: boolean })[] = [];
  for (const entry of await readPackages())
    if (entry.large !== true || flags.large)
      for (const document of await listDocuments(entry, await install(entry), false))
        found.push({ ...document, isLarge: entry.large === true });
  // Many are there as JSON and as YAML.
  const names = new Set(found.map(({ name }) => name));
  return found.filter(
    ({ name, bytes }) =>
      bytes < LONGEST && (!/yaml/.test(name) || !names.has(name.replaceAll('yaml', 'json'))),
  );
}

/** Bytes of a document; one is longer, and takes an earlier generator most of an hour. */
const LONGEST = 15_000_000;

interface Measured {
  readonly isLarge: boolean;
  readonly tools: number;
  readonly after: Bytes;
  readonly before?: Bytes;
}

async function measure(): Promise<Measured[]> {
  const today = await stagesOf('.');
  const earlier = flags.before === undefined ? undefined : await stagesOf(flags.before);
  const measured: Measured[] = [];
  for (const { isLarge, file } of await documents()) {
    const [api, old] = [await apiOf(today, file), earlier && (await apiOf(earlier, file))];
    if (api === undefined || (earlier !== undefined && old === undefined)) continue;
    const after = mean(now(api));
    const row = { isLarge, tools: api.tools.length, after };
    measured.push(old === undefined ? row : { ...row, before: mean(before(old)) });
  }
  return measured;
}

const round = (value: number) => String(Math.round(value));

/** One line of a table: medians over the documents. */
function line(label: string, measured: readonly Measured[], of: (bytes: Bytes) => number): string {
  const after = median(measured.map((row) => of(row.after)));
  const earlier = measured.flatMap((row) => (row.before ? [of(row.before)] : []));
  if (earlier.length === 0) return `| ${label} | ${round(after)} |`;
  const old = median(earlier);
  const share = old === 0 ? '–' : (after / old).toFixed(2);
  return `| ${[label, round(old), round(after), share].join(' | ')} |`;
}

function table(measured: readonly Measured[]): string {
  const tools = measured.reduce((sum, row) => sum + row.tools, 0);
  const head = flags.before === undefined ? ['', 'now'] : ['', 'before', 'now', 'share'];
  return [
    `${measured.length} documents with ${tools.toLocaleString('en-US')} tools:`,
    '',
    `| ${head.join(' | ')} |`,
    `|${' --- |'.repeat(head.length)}`,
    ...parts.map((part) => line(part, measured, (bytes) => bytes[part])),
    line('all but fields', measured, (bytes) => total(bytes) - bytes.fields),
    line('all', measured, total),
  ].join('\n');
}

/** The arguments of the documents around the median, where both are measured. */
function keywordTable(measured: readonly Measured[]): string {
  const sorted = measured.toSorted((a, b) => total(a.after) - total(b.after));
  const middle = sorted.slice(Math.floor(sorted.length * 0.4), Math.ceil(sorted.length * 0.6));
  const both = middle.flatMap(({ before: old, after }) =>
    old === undefined ? [] : [{ before: old.keywords, after: after.keywords }],
  );
  if (both.length === 0) return '';
  return [
    `The arguments but \`fields\` of the ${both.length} documents around the median of all, means by keyword:`,
    '',
    '|  | before | now |',
    '| --- | --- | --- |',
    ...keywordRows(both),
  ].join('\n');
}

const about = `# What listing a tool takes

Bytes of JSON per tool, the median of the documents (\`npx tsx test/corpus/listing.ts --large --before FOLDER\`). Each line is
a median by itself, so the lines do not add up. Before is commit fe92182; FOLDER is a checkout of it with its dependencies.

Saved: \`annotations.title\` beside \`title\`, hints that go without saying, titles that a description repeats, descriptions and
titles of arguments that repeat their names or the schema, HTML tags and the targets of links, all examples but the first and
those that break the schema, sizes of numbers in memory, keywords that have their default, and the root's \`additionalProperties: false\`, which the server
enforces anyway. Added since: \`fields\`, a title for every tool, and how a file says its type and name.

The goal of 0.75 is 456 bytes for the small documents. It is not reached: 72 bytes are too many, and the rest is needed. Of
the 528 bytes, 138 are the name, the title and three hints, which hosts require; 44 are braces and \`properties\`. Types, names
of arguments and \`required\` are about 130, descriptions of tools and arguments about 130; \`npm run fidelity\` counts what
documents say and finds as much of it as before. \`fields\` takes 19.

Tried and left out, since it saves too little or costs too much: equal subschemas shared in \`$defs\` (nothing at the median of
the small documents, 2 % of the mean of all; some hosts follow no \`$ref\`), \`type\` left out beside \`enum\` (Gemini requires
it), descriptions that only add the verb of the tool to a name (1 byte). Signature parameters of AWS and \`key\` or
\`access_token\` of Google stay, because their documents do not mark them as credentials.
`;
const measured = await measure();
const small = measured.filter(({ isLarge }) => !isLarge);
const sets = small.length === measured.length ? [small] : [small, measured];
const result = [about, ...sets.map((set) => `${table(set)}\n\n${keywordTable(set)}`)].join('\n\n');
console.log(result);
if (flags.output !== undefined) {
  const layout = await resolveConfig(flags.output);
  await writeFile(flags.output, await format(result, { ...layout, parser: 'markdown' }));
}
