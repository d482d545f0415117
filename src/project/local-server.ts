import { resolve } from 'node:path';
import { InputError } from '../errors.js';
import { make, seenFrom, type Generated } from '../generate.js';
import { load } from '../load/load.js';
import { namesOf } from '../plan/info.js';
import type { Terminal } from '../print/terminal.js';
import { toOptions, type GivenFlags } from './flags.js';
import { serverFolder } from './folders.js';
import { isSameSource } from './recorded-options.js';
import { signInsOf } from './sign-ins.js';
import { documentOf, resolveFlags, type Resolved } from './resolve-flags.js';

/** A server that is to be generated or regenerated. */
export interface LocalServer extends Generated {
  /** Absolute. */
  readonly project: string;
  readonly run: Resolved;
  /** The document describes how a user signs in to the API. */
  readonly signIn: boolean;
}

/** Reads the document and determines the folder of its project. Writes nothing. @throws InputError */
export async function localServerOf(
  given: GivenFlags & { readonly url: string },
  terminal: Terminal,
): Promise<LocalServer> {
  const flags = { ...given, auth: 'none' as const };
  const options = toOptions(flags as Parameters<typeof toOptions>[0], terminal);
  const loaded = await load(given.url, options);
  const { name } = namesOf(loaded.openapi, options);
  const project = resolve(given.output ?? serverFolder(name, terminal.env));
  const run = await resolveFlags({ ...flags, output: project }, terminal);
  refuseOther(run, project, name);
  // An existing project may have recorded overlays, so its document is read with its options.
  const document = run.lock === undefined ? seenFrom(project, loaded) : await documentOf(run);
  const signIn = signInsOf(document.openapi, document.url).length > 0;
  return { project, run, signIn, ...(await make(document, run.options)) };
}

/** Two documents may have the same title: the second must not replace the first. */
function refuseOther({ recorded, flags }: Resolved, project: string, name: string): void {
  if (recorded === undefined) return;
  const same = isSameSource(recorded.url ?? '', flags.url);
  if (same && recorded.oauthServer === undefined && recorded.auth !== 'oauth2') return;
  throw new InputError({
    code: 'NAME_TAKEN',
    message: same
      ? 'The project in this folder requires users to sign in, which this command does not change.'
      : `${name} is already the server of another document: ${recorded.url ?? ''}.`,
    place: project,
    remedy: 'Name this server with --name, or its folder with --output.',
  });
}
