import { InputError } from '../../../errors.js';
import type { Terminal } from '../../../print/terminal.js';
import { look, type Asked } from './look.js';
import { reportStore } from './report.js';
import { examine } from './rules.js';

/** Holds a server or its project against what a host requires. Resolves to 1 when something fails. */
export async function storeCommand(asked: Asked, terminal: Terminal): Promise<number> {
  const { host, project, server } = asked;
  if (project === undefined && server === undefined) throw nothingToExamine();
  terminal.progress('Checking the server…');
  const rows = examine(host, await look(asked, terminal.env));
  const ok = rows.every(({ status }) => status !== 'fail');
  terminal.result({ ok, store: host, checks: rows }, reportStore(host, rows, terminal));
  return ok ? 0 : 1;
}

function nothingToExamine(): InputError {
  return new InputError({
    code: 'MISSING_OPTION',
    message: 'There is nothing to check against the requirements.',
    place: '--store',
    remedy: 'Name a project with --project, a running server with --server, or both.',
  });
}
