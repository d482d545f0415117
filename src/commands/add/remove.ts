import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { relative } from 'node:path';
import { confirm } from '@clack/prompts';
import { Option, type Command } from 'commander';
import { InputError } from '../../errors.js';
import { printable, type Terminal } from '../../print/terminal.js';
import type { Run } from '../../project/flags.js';
import { dataFolder, serverFolder } from '../../project/folders.js';
import { changeFile } from '../../project/private-file.js';
import { clientNames, clientOf, type ClientName } from '../../project/local-clients.js';
import { entryIn, withoutServer } from './config.js';
import { Registrations, type Registration } from './registrations.js';

interface RemoveFlags {
  readonly client?: ClientName;
  readonly keep?: boolean;
  readonly yes?: boolean;
}

const examples = `
Examples:
  $ openapi-to-mcp remove notes
  $ openapi-to-mcp remove notes --client cursor   # from this client only
  $ openapi-to-mcp remove notes --keep            # keep the project

When its last client is gone, a project that \`add\` put into your data folder is
deleted, with its key. A project in a folder of your choice is kept.
`;

/** Adds `remove`. */
export function addRemove(program: Command, run: Run): void {
  program
    .command('remove')
    .description('undo `add`: remove a server from its clients')
    .argument('<name>', "the server's name")
    .addOption(new Option('--client <client>', 'from this client only').choices(clientNames))
    .option('--keep', 'keep the project')
    .option('-y, --yes', 'delete the project without asking')
    .option('--json', 'print a machine-readable result')
    .addHelpText('after', examples)
    .action((name: string, flags: RemoveFlags) =>
      run((terminal) => removeCommand(name, flags, terminal)),
    );
}

/** Undoes what `add` did. Resolves to the exit status. */
async function removeCommand(
  name: string,
  flags: RemoveFlags,
  terminal: Terminal,
): Promise<number> {
  const registrations = new Registrations(terminal.env);
  const all = await registrations.all();
  const own = all.filter((one) => one.name === name);
  const chosen = own.filter(({ client }) => client === (flags.client ?? client));
  const rest = own.filter((one) => !chosen.includes(one));
  // An `add` that was killed before it changed a client has left a project, with its key.
  const isLeft = own.length === 0 && flags.client === undefined;
  const used = isLeft ? [serverFolder(name, terminal.env)] : chosen.map(({ project }) => project);
  const projects = orphans(used, rest, terminal);
  if (chosen.length === 0 && projects.length === 0) throw notAdded(name, flags, all);
  const removed = [];
  for (const one of chosen) {
    const found = await registrations.alone(() => unregister(one));
    removed.push({ client: one.client, file: one.file, found });
  }
  const deleted: string[] = [];
  for (const project of projects)
    if (await mayDelete(project, flags, terminal)) {
      await rm(project, { recursive: true, force: true });
      deleted.push(project);
    }
  // Last, so that a run that was killed can be repeated.
  for (const one of chosen) await registrations.alone(() => registrations.drop(one));
  terminal.result({ ok: true, name, removed, deleted }, summary(removed, deleted, used));
  return 0;
}

/** Removes the entry; true if it was there. A file that `add` created is deleted once it is empty. */
async function unregister(registration: Registration): Promise<boolean> {
  const { client: id, name, file, created, project } = registration;
  const client = clientOf(id);
  let found = false;
  await changeFile(file, (text) => {
    const entry = text === undefined ? undefined : entryIn(text, client, name, file);
    // An entry of that name that starts something else is no longer ours.
    found =
      entry !== undefined && JSON.stringify(entry).includes(JSON.stringify(project).slice(1, -1));
    if (text === undefined || !found) return text;
    const after = withoutServer(text, client, name, registration, file);
    return created && after.trim() === '' ? undefined : after;
  });
  return found;
}

/** Those of the projects that are in the data folder, and that no client uses any more. */
function orphans(
  projects: readonly string[],
  rest: readonly Registration[],
  { env }: Terminal,
): string[] {
  const isUsed = (project: string) => rest.some((one) => one.project === project);
  const isManaged = (project: string) => {
    const path = relative(dataFolder(env), project);
    return /^servers[\\/][^\\/]+$/.test(path) && existsSync(project);
  };
  return [...new Set(projects)].filter((project) => !isUsed(project) && isManaged(project));
}

async function mayDelete(
  project: string,
  { keep, yes }: RemoveFlags,
  terminal: Terminal,
): Promise<boolean> {
  if (keep === true) return false;
  if (yes === true) return true;
  if (!terminal.interactive) return false;
  terminal.remark('');
  const answer = await confirm({
    input: terminal.input,
    output: terminal.prompts,
    message: `Delete the project too, with its key? (${printable(project)})`,
  });
  return answer === true;
}

interface Removed {
  readonly client: ClientName;
  readonly file: string;
  readonly found: boolean;
}

function summary(
  removed: readonly Removed[],
  deleted: readonly string[],
  projects: readonly string[],
): string {
  const kept = new Set(projects.filter((project) => !deleted.includes(project)));
  const lines = [
    ...removed.map(({ client, file, found }) =>
      found
        ? `Removed from ${clientOf(client).label}: ${file}`
        : `No longer in ${clientOf(client).label}: ${file}`,
    ),
    ...deleted.map((project) => `Deleted: ${project}`),
    ...[...kept].map((project) => `Project kept: ${project}`),
  ];
  return `${lines.map((line) => printable(line)).join('\n')}\n`;
}

function notAdded(name: string, { client }: RemoveFlags, all: readonly Registration[]): InputError {
  const names = [...new Set(all.map((one) => one.name))].sort();
  const to = client === undefined ? '' : ` to ${clientOf(client).label}`;
  return new InputError({
    code: 'NOT_ADDED',
    message: `${name} was not added${to} by this program.`,
    place: 'name',
    remedy:
      names.length === 0
        ? 'No servers were added.'
        : `Added servers: ${names.map((one) => printable(one)).join(', ')}.`,
  });
}
