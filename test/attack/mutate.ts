/**
 * `npm run attack:mutations`: puts each fault into the runtime of a generated server, one at a time, and prints which
 * case catches it. Ends with 1 when one is not caught, or no longer applies.
 *
 *     npm run attack:mutations                   all of them
 *     npm run attack:mutations -- --match TEXT   those with TEXT in their name or file; may be repeated
 *     npm run attack:mutations -- --every 8      every eighth
 *     npm run attack:mutations -- --table        all, and writes the table of README.md
 */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../support/fixtures.js';
import { bundle } from '../support/project.js';
import type { Case, Group } from './case.js';
import { groups } from './groups.js';
import type { Mutation } from './mutations/mutation.js';
import { mutations } from './mutations.js';
import { buildTarget, ownTools, targetIn } from './own.js';
import { Play } from './play.js';
import { writeTable } from './readme.js';
import { surround } from './stage.js';

const { values: flags } = parseArgs({
  options: {
    match: { type: 'string', multiple: true, default: [''] },
    every: { type: 'string', default: '1' },
    table: { type: 'boolean', default: false },
  },
});

/** The outcome of a fault. */
interface Verdict {
  readonly mutation: Mutation;
  /** The case that failed, and why; absent if no case noticed. */
  readonly caught?: { readonly group: string; readonly name: string; readonly reason: string };
}

/** Puts a fault into a module. @throws when it does not apply. */
async function mutate(
  folder: string,
  { file, edits }: Pick<Mutation, 'file' | 'edits'>,
): Promise<void> {
  const path = join(folder, 'src/runtime', file);
  let source = await readFile(path, 'utf8');
  for (const [from, to] of edits) {
    const found = source.split(from).length - 1;
    if (found !== 1)
      throw new Error(`${file} has ${JSON.stringify(from)} ${found} times, not once`);
    source = source.replace(from, () => to);
  }
  await writeFile(path, source);
}

/** The cases, those of the subject first. */
function ordered(subject: string): [Group, Case][] {
  const ranked = groups.toSorted((a, b) => Number(b.name === subject) - Number(a.name === subject));
  return ranked.flatMap((group) => group.cases.map((tried): [Group, Case] => [group, tried]));
}

async function judge(folder: string, mutation: Mutation): Promise<Verdict> {
  const copy = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-mutation-'));
  try {
    for (const part of ['src', 'package.json', 'build.js'])
      await cp(join(folder, part), join(copy, part), { recursive: true });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const fault of [mutation, ...(mutation.also === undefined ? [] : [mutation.also])])
      await mutate(copy, fault);
    await bundle(copy);
    return { mutation, ...(await firstFailure(copy, mutation)) };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function firstFailure(
  copy: string,
  { group: subject }: Mutation,
): Promise<Omit<Verdict, 'mutation'>> {
  const around = await surround(targetIn(copy), ownTools);
  const play = new Play(around);
  try {
    for (const [group, tried] of ordered(subject)) {
      try {
        await play.run(group, tried);
      } catch (error) {
        const reason =
          error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
        return { caught: { group: group.name, name: tried.name, reason } };
      }
    }
    return {};
  } finally {
    // A fault may show a secret, and is caught then already.
    await play.close().catch(() => undefined);
    await around.close();
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
const began = performance.now();
const { folder, remove } = await buildTarget();
const chosen = mutations
  .filter(({ name, file }) => flags.match.some((text) => `${file} ${name}`.includes(text)))
  .filter((_, index) => index % Number(flags.every) === 0);
const verdicts: Verdict[] = [];
const broken: string[] = [];
try {
  const waiting = [...chosen];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { file, name } = next;
      try {
        const verdict = await judge(folder, next);
        verdicts.push(verdict);
        const { caught } = verdict;
        const how =
          caught === undefined
            ? 'NOT CAUGHT'
            : `caught by “${caught.name}” (${caught.group}): ${caught.reason}`;
        console.log(
          `${caught === undefined ? '✗' : '✓'} ${file}: ${name}\n    ${how.slice(0, 200)}`,
        );
      } catch (error) {
        broken.push(`${file}: ${name}: ${error instanceof Error ? error.message : String(error)}`);
        console.log(`✗ ${broken.at(-1) ?? ''}`);
      }
    }
  };
  await Promise.all([lane(), lane()]);
} finally {
  await remove();
}
if (flags.table)
  await writeTable('mutations', [
    ['file', 'what no longer holds', 'caught by', 'of'],
    ...chosen.map((mutation) => {
      const { caught } = verdicts.find((verdict) => verdict.mutation === mutation) ?? {};
      return [`\`${mutation.file}\``, mutation.name, caught?.name ?? 'NOBODY', caught?.group ?? ''];
    }),
  ]);
const caught = verdicts.filter((verdict) => verdict.caught !== undefined).length;
console.log(
  `\n${caught} of ${chosen.length} faults are caught, in ${((performance.now() - began) / 1000).toFixed(0)} s.`,
);
process.exitCode = caught === chosen.length ? 0 : 1;
