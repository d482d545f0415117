import { InputError } from '../../../errors.js';
import type { Terminal } from '../../../print/terminal.js';
import type { Source } from '../../../clients.js';
import type { Host } from './hosts.js';
import { look, type Asked } from './look.js';
import { reportStore } from './report.js';
import { enterpriseRules } from './enterprise-rules.js';
import { personRules } from './person-rules.js';
import { registryRules } from './registry-rules.js';
import type { Rule, Verdict } from './rule.js';
import { serverRules } from './server-rules.js';
import { signInRules } from './sign-in-rules.js';
import type { Subject } from './subject.js';
import { textRules } from './text-rules.js';
import { toolRules } from './tool-rules.js';

/** Every known requirement, in the order of the report. */
export const rules: readonly Rule[] = [
  ...toolRules,
  ...textRules,
  ...serverRules,
  ...signInRules,
  ...enterpriseRules,
  ...registryRules,
  ...personRules,
];

/** One row of the report: a requirement of a host, and its outcome. */
export type Row = Verdict & {
  readonly id: string;
  readonly requirement: string;
  readonly source: Source;
  readonly byPerson?: true;
};

/** Checks a server against all requirements of a host. */
export function examine(host: Host, subject: Subject): readonly Row[] {
  return rules.flatMap((rule) => {
    const source = rule.hosts[host];
    if (source === undefined) return [];
    const { id, sentence: requirement, byPerson } = rule;
    const row = { id, requirement, ...rule.check(subject, host), source };
    return [byPerson === undefined ? row : { ...row, byPerson }];
  });
}

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
