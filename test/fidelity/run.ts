/**
 * `npm run fidelity`: compares the requests of tools with those that swagger-client makes of the same arguments, over the
 * real documents of the small packages of `test/corpus`. Every difference must be ruled on (`rulings.ts`).
 *
 *     npm run fidelity                     all of them
 *     npm run fidelity -- NAME …           documents with one of these texts in their names
 *     npm run fidelity -- … --output FILE  the tables go into a file too
 */
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { InputError } from '../../src/errors.js';
import { load } from '../../src/load/load.js';
import { plan } from '../../src/plan/plan.js';
import type { Json, JsonObject, Tool } from '../../templates/src/runtime/api.js';
import { key } from '../corpus/check-plan.js';
import { install, listDocuments, readPackages, type CorpusDocument } from '../corpus/packages.js';
import { compare, ours } from './compare.js';
import { countKept, noCounts } from './kept.js';
import { targetOf, theirs, type Target } from './oracle.js';
import { rulingFor } from './rulings.js';
import { modes, objectOf, sampleArguments, type Mode } from './sample.js';
import { formatKept, formatRulings, type Tally } from './tables.js';

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { output: { type: 'string' } },
});

const kept = noCounts();
const tally: Tally = { documents: 0, calls: 0, same: 0, unmade: 0, ruled: new Map(), unruled: [] };

async function documents(): Promise<CorpusDocument[]> {
  const found: CorpusDocument[] = [];
  for (const entry of await readPackages()) {
    if (entry.large === true) continue;
    found.push(...(await listDocuments(entry, await install(entry), false)));
  }
  const chosen = names.length === 0 ? [''] : names;
  // Most exist as JSON and as YAML.
  return found.filter(
    ({ name }) =>
      /\.json$|figma|blockfrost/.test(name) && chosen.some((text) => name.includes(text)),
  );
}

async function examine({ name, file }: CorpusDocument): Promise<void> {
  const document = await load(file, {}).catch(unusable);
  if (document === undefined) return;
  const root = document.openapi;
  const tools = toolsOf(document);
  if (tools.length === 0) return;
  tally.documents += 1;
  const places = placesOf(root);
  for (const tool of tools) {
    const place = places.get(key(tool.request));
    if (place === undefined) continue;
    const target = targetOf(root, place, tool.request.method);
    countKept(kept, root, target, tool);
    for (const mode of modes) await call(name, tool, target, mode);
  }
}

function toolsOf(document: Awaited<ReturnType<typeof load>>): readonly Tool[] {
  try {
    return plan(document, { baseUrl: 'https://api.example.com' }).api.tools;
  } catch (error) {
    unusable(error);
    return [];
  }
}

/** Some documents of the corpus cannot be used (`refused.json`). */
function unusable(error: unknown): undefined {
  if (!(error instanceof InputError)) throw error;
}

/** The paths of a document by the identity of their operations. */
function placesOf(root: JsonObject): Map<string, string> {
  const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
  return new Map(
    Object.keys(objectOf(root['paths'])).flatMap((path) =>
      methods.map((method) => [key({ method: method.toUpperCase(), path }), path] as const),
    ),
  );
}

async function call(name: string, tool: Tool, target: Target, mode: Mode): Promise<void> {
  const args = sampleArguments(tool.inputSchema as JsonObject, mode);
  const mine = ours(tool, args);
  // If the schema contradicts itself or is too complex for the sampler, there is nothing to compare.
  if (typeof mine === 'string' && !validatorOf(tool)(args)) {
    tally.unmade += 1;
    return;
  }
  tally.calls += 1;
  if (typeof mine === 'string') {
    note(name, tool, mode, { part: 'refused', name: '', ours: mine, theirs: 'sent' });
    return;
  }
  const other = await theirs(target, tool, args).catch((error: unknown) => String(error));
  const differences =
    typeof other === 'string'
      ? [{ part: 'refused' as const, name: '', ours: 'sent', theirs: other }]
      : compare(mine, other);
  if (differences.length === 0) tally.same += 1;
  for (const difference of differences) note(name, tool, mode, difference, args);
}

function validatorOf({ inputSchema }: Tool): (args: JsonObject) => boolean {
  const validate = new AjvJsonSchemaValidator().getValidator(inputSchema);
  return (args) => validate(args).valid;
}

function note(
  name: string,
  tool: Tool,
  mode: Mode,
  difference: ReturnType<typeof compare>[number],
  args: Record<string, Json> = {},
): void {
  const ruling = rulingFor(difference, tool, args);
  if (ruling !== undefined) tally.ruled.set(ruling, (tally.ruled.get(ruling) ?? 0) + 1);
  else tally.unruled.push({ where: `${name} ${tool.name} (${mode})`, difference });
}

for (const document of await documents()) await examine(document);
const tables = `${formatRulings(tally)}\n${formatKept(kept)}`;
console.log(tables);
if (flags.output !== undefined) {
  const layout = await resolveConfig(flags.output);
  await writeFile(flags.output, await format(tables, { ...layout, parser: 'markdown' }));
}
for (const { where, difference } of tally.unruled.slice(0, Number(process.env['SHOW'] ?? 40)))
  console.log(
    `\n${where}\n  ${difference.part} ${difference.name}\n  ours   ${difference.ours.slice(0, 300)}\n  theirs ${difference.theirs.slice(0, 300)}`,
  );
const isEnough = names.length > 0 || tally.calls >= 1000;
if (!isEnough) console.log(`\nOnly ${tally.calls} calls were compared.`);
console.log(
  `\n${tally.calls} calls compared, ${tally.unruled.length} differences without a ruling`,
);
process.exitCode = tally.unruled.length > 0 || !isEnough ? 1 : 0;
