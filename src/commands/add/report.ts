import { join } from 'node:path';
import { plural } from '../../print/budget.js';
import { formatWarnings } from '../../print/problems.js';
import { printable, type Terminal } from '../../print/terminal.js';
import type { Wanted } from '../../project/credentials.js';
import type { Facts } from '../../project/facts.js';
import type { LocalServer } from '../../project/local-server.js';
import { clientOf } from '../../project/local-clients.js';
import type { Registering } from './register.js';

/** The outcome of `add`. */
export interface Added {
  readonly server: LocalServer;
  readonly registering: Registering;
  /** Credentials that are not set yet. */
  readonly open: readonly Wanted[];
  readonly facts: Facts;
}

/** Prints where everything is, what is left to do, and how to undo it. */
export function reportAdded(added: Added, terminal: Terminal): void {
  const { server, registering, facts, open } = added;
  const { client, file, installed, launch, paste } = registering;
  // The only caller over stdio is the user, whose scopes the API checks.
  const warnings = facts.warnings.filter(({ code }) => code !== 'UNCHECKED_SCOPES');
  if (warnings.length > 0) terminal.remark(`${formatWarnings(warnings, terminal)}\n`);
  const missing = open.map(({ variable }) => variable);
  const more = { installed, file, missing, warnings, ...(!installed && { paste }) };
  const lines = [...projectLines(server, facts, missing), ...clientLines(registering)];
  terminal.result(
    { ok: true, client, project: server.project, ...launch, ...more },
    `${lines.map((line) => printable(line)).join('\n')}\n`,
  );
}

function projectLines(
  { plan: { api }, project, signIn }: LocalServer,
  { tools, tokens }: Facts,
  missing: readonly string[],
): string[] {
  const env = join(project, '.env');
  const isOpen = missing.length > 0;
  return [
    `${api.title}: ${plural(tools, 'tool')}, about ${plural(tokens, 'token')} to list them.`,
    `Project: ${project}`,
    ...(isOpen ? [`Not set yet, in ${env}: ${missing.join(', ')}`] : []),
    ...(isOpen && signIn ? [`Or sign in to the API: openapi-to-mcp login ${api.name}`] : []),
  ];
}

function clientLines({ client, file, installed, launch, paste }: Registering): string[] {
  const { label, after } = clientOf(client);
  if (installed)
    return [`Added to ${label}: ${file}`, after, '', `Undo: openapi-to-mcp remove ${launch.name}`];
  const how = paste.startsWith('{') ? `add this to ${file}` : 'run this';
  return [
    `${label} was not found on this machine. To use the server there, ${how}:`,
    '',
    `  ${paste}`,
  ];
}
