import { InputError } from '../../../errors.js';
import type { Terminal } from '../../../print/terminal.js';
import { look, type Asked } from './look.js';
import { reportStore } from './report.js';
import { examine } from './rules.js';

/** Checks a server or its project against a host's requirements. Resolves to 1 if a check fails. */
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
    remedy: 'Pass a project with --project, a running server with --server, or both.',
  });
}
