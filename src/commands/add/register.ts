import { existsSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../../errors.js';
import type { Environment, Terminal } from '../../print/terminal.js';
import { changeFile, readIfThere, writableMode } from '../../project/private-file.js';
import {
  clientOf,
  pasteOf,
  placesOf,
  type ClientName,
  type Launch,
} from '../../project/local-clients.js';
import { editBetween, entryIn, withServer } from './config.js';
import { Registrations } from './registrations.js';

/** A change that is about to be made to a client's configuration. */
export interface Registering {
  readonly client: ClientName;
  readonly file: string;
  readonly project: string;
  readonly launch: Launch;
  /** The client was found on this machine. */
  readonly installed: boolean;
  /** The text to add; absent if the file stays unchanged. */
  readonly addition?: string;
  /** For a client that was not found: a command to run, or configuration to paste. */
  readonly paste: string;
}

/** Reads a client's configuration without changing it. @throws InputError if another server has the name */
export async function registrationOf(
  client: ClientName,
  {
    plan,
    project,
  }: { readonly plan: { readonly api: { readonly name: string } }; readonly project: string },
  terminal: Terminal,
): Promise<Registering> {
  const places = placesOf(terminal.env, platform());
  const known = clientOf(client);
  const file = known.file(places);
  const args = [join(project, 'dist/main.js'), '--stdio'];
  const launch = { name: plan.api.name, command: terminal.node, args };
  const installed = known.traces(places).some((path) => existsSync(path));
  const paste = pasteOf(client, { ...launch, command: 'node' });
  const found = { client, file, project, launch, installed, paste };
  if (!installed) return found;
  const before = (await readIfThere(file)) ?? '';
  const after = edited(found, before);
  if (after === before) return found;
  await writableMode(file);
  return { ...found, addition: editBetween(before, after).inserted };
}

/**
 * Records how to undo the change, and then writes the entry: whenever this run is killed, `remove` knows what to undo.
 */
export async function register(registering: Registering, env: Environment): Promise<void> {
  const { client, file, project, launch, installed } = registering;
  if (!installed) return;
  const registrations = new Registrations(env);
  const known = { name: launch.name, client, file, project };
  const edit = async (before: string | undefined) => {
    const after = edited(registering, before ?? '');
    if (after === before && (await registrations.has(known))) return before;
    const created = before === undefined;
    await registrations.put({ ...known, created, ...editBetween(before ?? '', after) });
    return after;
  };
  await registrations.alone(() => changeFile(file, edit));
}

/** The file's new text; the same text if the server is already in it. */
function edited({ client, launch, file }: Registering, before: string): string {
  const known = clientOf(client);
  const entry = known.entry(launch);
  const found = entryIn(before, known, launch.name, file);
  if (found === undefined) return withServer(before, known, launch.name, entry, file);
  const { command, args } = { command: undefined, args: undefined, ...found };
  if (isDeepStrictEqual(args, launch.args) && typeof command === 'string') return before;
  throw new InputError({
    code: 'NAME_TAKEN',
    message: `${known.label} already has another server called ${launch.name}.`,
    place: file,
    remedy: 'Give this server another name with --name, or remove the other one first.',
  });
}
