import { formatTable } from '../../../print/table.js';
import { oneLine, type Terminal } from '../../../print/terminal.js';
import { hostNames, type Host } from './hosts.js';
import type { Row } from './rules.js';

/** The rows as a table, remedies, the items that only a person can supply, and the verdict. */
export function reportStore(host: Host, rows: readonly Row[], terminal: Terminal): string {
  const checked = rows.filter(({ byPerson }) => byPerson === undefined);
  const people = rows.filter(({ byPerson }) => byPerson === true);
  const table = checked.map(({ status, id, found }) => [status, id, found]);
  return [
    formatTable(['', 'REQUIREMENT', 'FOUND'], table, terminal.resultColumns, terminal.grade),
    ...section('What to change', checked.filter(isFailed).map(describeFault)),
    ...section('How to check the rest', checked.flatMap(describeRest)),
    ...section(
      'What only a person can supply',
      people.map(({ requirement }) => requirement),
    ),
    `\n${verdict(host, checked, terminal)}\n`,
  ].join('');
}

function section(title: string, lines: readonly string[]): string[] {
  const distinct = [...new Set(lines)];
  return distinct.length === 0 ? [] : [`\n${title}:\n`, ...distinct.map((line) => `  ${line}\n`)];
}

type Failed = Extract<Row, { readonly status: 'fail' }>;

function isFailed(row: Row): row is Failed {
  return row.status === 'fail';
}

function describeFault({ id, requirement, remedy, source }: Failed): string {
  return `${id}: ${oneLine(remedy)}\n    ${requirement} (${source.page}, read ${source.read})`;
}

function describeRest(row: Row): string[] {
  return row.status === 'not checked' && row.remedy !== undefined ? [oneLine(row.remedy)] : [];
}

function verdict(host: Host, rows: readonly Row[], terminal: Terminal): string {
  const count = (status: Row['status']) => rows.filter((row) => row.status === status).length;
  const counts = `${count('fail')} failed, ${count('pass')} passed, ${count('not checked')} not checked.`;
  const name = hostNames[host];
  return count('fail') === 0
    ? `${terminal.style('green', `Ready for ${name}:`, 'stdout')} ${counts}`
    : `${terminal.style('red', `Not ready for ${name}:`, 'stdout')} ${counts}`;
}
