import { join } from 'node:path';
import { shellQuote } from '../../emit/quote.js';
import { texts, type JsonObject } from '../../json.js';
import { listingOf } from '../../print/budget.js';
import { showWarnings } from '../../print/problems.js';
import { printable, type Terminal } from '../../print/terminal.js';
import type { Wanted } from '../../project/credentials.js';
import { overStdio, type Facts } from '../../project/facts.js';
import { findProject } from '../../project/folders.js';
import type { LocalServer } from '../../project/local-server.js';
import { clientOf } from '../../project/local-clients.js';
import type { Registering } from './register.js';

/** The outcome of `add`. */
export interface Added {
  readonly server: LocalServer;
  readonly registering: Registering;
  /** Credentials that `.env` had before, and still has. */
  readonly kept: readonly Wanted[];
  /** Credentials that are not set yet. */
  readonly open: readonly Wanted[];
  readonly facts: Facts;
}

/** Prints where everything is, what is left to do, and how to undo it. */
export function reportAdded(added: Added, terminal: Terminal): void {
  const { server, registering, facts } = added;
  const { client, file, installed, launch, paste } = registering;
  const warnings = overStdio(facts.warnings);
  showWarnings(warnings, terminal);
  const [kept, missing] = [namesOf(added.kept), namesOf(added.open)];
  const more = { installed, file, kept, missing, warnings, ...(!installed && { paste }) };
  const lines = [
    ...projectLines(server, { kept, missing }, terminal),
    ...clientLines(registering),
    ...nextLines(server, installed, terminal),
  ];
  terminal.result(
    { ok: true, client, project: server.project, ...launch, ...more },
    `${lines.map((line) => printable(line)).join('\n')}\n`,
  );
}

function namesOf(wanted: readonly Wanted[]): string[] {
  return wanted.map(({ variable }) => variable);
}

interface Variables {
  readonly kept: readonly string[];
  readonly missing: readonly string[];
}

function projectLines(
  { plan: { api }, project, signIn }: LocalServer,
  { kept, missing }: Variables,
  { program }: Terminal,
): string[] {
  const env = join(project, '.env');
  const isOpen = missing.length > 0;
  return [
    `${api.title}: ${listingOf(api)} The server starts.`,
    `Project: ${project}`,
    ...(kept.length > 0 ? [`Kept in ${env}: ${kept.join(', ')}`] : []),
    ...(isOpen ? [`Not set yet, in ${env}: ${missing.join(', ')}`] : []),
    ...(isOpen && signIn ? [`Or sign in to the API: ${program.join(' ')} login ${api.name}`] : []),
  ];
}

function clientLines({ client, file, installed, paste }: Registering): string[] {
  const { label, after } = clientOf(client);
  if (installed) return [`Added to ${label}: ${file}`, after];
  const how = paste.startsWith('{') ? `add this to ${file}` : 'run this';
  return [
    `${label} was not found on this machine. To use the server there, ${how}:`,
    '',
    `  ${paste}`,
  ];
}

/** A call to try first: one that changes nothing and needs no arguments. */
function nextLines(
  { plan: { api }, project }: LocalServer,
  installed: boolean,
  { env, program }: Terminal,
): string[] {
  const named = findProject(api.name, env) === project ? api.name : shellQuote(project);
  const tool = api.tools.find(
    ({ annotations, inputSchema }) =>
      annotations.readOnlyHint && texts((inputSchema as JsonObject)['required']).length === 0,
  );
  return [
    '',
    `Try it: ${program.join(' ')} call ${[named, ...(tool ? [tool.name] : [])].join(' ')}`,
    ...(installed ? [`Undo:   ${program.join(' ')} remove ${api.name}`] : []),
  ];
}
