/**
 * `npm run attack`: tries all cases against a server, and prints how many of each subject it withstood.
 *
 *     npm run attack                      the server that is generated from api.yaml
 *     npm run attack -- --match TEXT      only cases with TEXT in their name or subject
 *     npm run attack -- --table           and writes the table of README.md
 *     npm run attack -- --workers         the same server as a Cloudflare Worker, in workerd
 *
 * Against another server, started again for some cases, on a port and with an issuer that variables name:
 *
 *     npm run attack -- --cmd 'node dist/main.js' --tool list_notes --scope notes.read [--arguments '{}'] [--cwd DIR]
 *       [--env 'PORT={port}' --env 'ISSUER={issuer}' --env 'RESOURCE={resource}' --env 'API={upstream}' --env 'KEY={key}']
 */
import { parseArgs } from 'node:util';
import type { Case, Group } from './case.js';
import { groups } from './groups.js';
import { buildTarget, ownTools } from './own.js';
import { Play } from './play.js';
import { writeTable } from './readme.js';
import { surround, type Tools } from './stage.js';
import type { Meaning, Target } from './target.js';
import { notInWorkers, whyNotInWorkers } from './workers.js';

const { values: flags } = parseArgs({
  options: {
    cmd: { type: 'string' },
    tool: { type: 'string' },
    scope: { type: 'string', default: '' },
    arguments: { type: 'string', default: '{}' },
    cwd: { type: 'string', default: process.cwd() },
    env: { type: 'string', multiple: true, default: [] },
    match: { type: 'string', default: '' },
    table: { type: 'boolean', default: false },
    workers: { type: 'boolean', default: false },
  },
});

interface Outcome {
  readonly group: Group;
  readonly tried: Case;
  /** `ran`, or why not. */
  readonly result: 'withstood' | 'not applicable' | Error;
}

/** `NAME={port}` as variables of the target; without any, those of a generated server. */
function variablesOf(templates: readonly string[]): Target['variables'] {
  if (templates.length === 0) return undefined;
  return ({ port, resource, issuer, upstream, apiKey }: Meaning) => {
    const values: Record<string, string> = { port, resource, issuer, upstream, key: apiKey };
    const fill = (text: string) =>
      text.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all);
    return Object.fromEntries(
      templates.map((template) => {
        const at = template.indexOf('=');
        return [template.slice(0, at), fill(template.slice(at + 1))];
      }),
    );
  };
}

async function choose(): Promise<{ target: Target; tools: Tools; remove: () => Promise<void> }> {
  if (flags.cmd === undefined)
    return { ...(await buildTarget(flags.workers ? 'workers' : 'node')), tools: ownTools };
  if (flags.tool === undefined)
    throw new Error('--cmd needs --tool: the name of a tool that reads.');
  const [command = '', ...args] = flags.cmd.split(' ').filter((word) => word !== '');
  const variables = variablesOf(flags.env);
  return {
    target: { command, args, cwd: flags.cwd, ...(variables !== undefined && { variables }) },
    tools: {
      read: flags.tool,
      readArguments: JSON.parse(flags.arguments) as Record<string, unknown>,
      readScope: flags.scope,
    },
    remove: () => Promise.resolve(),
  };
}

/** Whether a case is about something that the target does not have. */
function isApart(group: Group, tried: Case): boolean {
  if (flags.cmd !== undefined) return group.ownServer === true;
  return flags.workers && whyNotInWorkers(group, tried) !== undefined;
}

async function tryAll(play: Play): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const group of groups) {
    for (const tried of group.cases.filter(({ name }) =>
      `${group.name} ${name}`.includes(flags.match),
    )) {
      if (isApart(group, tried)) {
        outcomes.push({ group, tried, result: 'not applicable' });
        continue;
      }
      const result = await play.run(group, tried).then(
        () => 'withstood' as const,
        (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
      );
      outcomes.push({ group, tried, result });
      if (result instanceof Error)
        console.log(
          `✗ ${group.name}: ${tried.name} (${tried.source})\n    ${result.message.slice(0, 500)}`,
        );
    }
  }
  return outcomes;
}

/** A row for each subject, with a line of sums. */
function summarize(outcomes: readonly Outcome[]): string[][] {
  const names = [...new Set(outcomes.map(({ group }) => group.name))];
  const row = (name: string, of: readonly Outcome[]) => [
    name,
    String(of.length),
    String(of.filter(({ result }) => result === 'withstood').length),
    String(of.filter(({ result }) => result instanceof Error).length),
    String(of.filter(({ result }) => result === 'not applicable').length),
  ];
  return [
    ['subject', 'cases', 'withstood', 'failed', 'not applicable'],
    ...names.map((name) =>
      row(
        name,
        outcomes.filter(({ group }) => group.name === name),
      ),
    ),
    row('all', outcomes),
  ];
}

const began = performance.now();
const { target, tools, remove } = await choose();
const around = await surround(target, tools);
const play = new Play(around);
const outcomes = await tryAll(play).finally(async () => {
  await play.close();
  await Promise.all([around.close(), remove()]);
});
const table = summarize(outcomes);
const widths = (table[0] ?? []).map((_, column) =>
  Math.max(...table.map((row) => row[column]?.length ?? 0)),
);
for (const row of table)
  console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
console.log(`\nin ${((performance.now() - began) / 1000).toFixed(0)} seconds`);
if (flags.table) await writeTable(flags.workers ? 'workers' : 'cases', table);
if (flags.table && flags.workers)
  await writeTable('not in workers', [['case', 'why not'], ...Object.entries(notInWorkers)]);
const failed = outcomes.filter(({ result }) => result instanceof Error).length;
process.exitCode = failed > 0 || outcomes.length === 0 ? 1 : 0;
