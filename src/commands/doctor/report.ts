import { plural } from '../../numbers.js';
import { formatTable } from '../../print/table.js';
import { oneLine, type Terminal } from '../../print/terminal.js';
import { titles, type Check } from './check.js';
import type { ProviderNotes } from './providers.js';

/** The remedy in the provider's words, if there is one. */
export function advised(check: Check, provider: ProviderNotes | undefined): Check {
  const { id, status } = check;
  const words = status === 'fail' || status === 'warn' ? provider?.switches[id] : undefined;
  return words === undefined ? check : { ...check, remedy: words };
}

/** The checks as a table, remedies for the failures, and the verdict. */
export function report(
  checks: readonly Check[],
  provider: ProviderNotes | undefined,
  terminal: Terminal,
): string {
  const lost = checks.find(({ unreachable }) => unreachable === true);
  // Skipped checks are noise if nothing could be checked.
  const shown = checks.filter(({ status }) => lost === undefined || status !== 'skip');
  const rows = shown.map(({ id, status, found }) => [status, titles[id], found]);
  const remedies = checks.flatMap(({ id, status, remedy }) =>
    remedy === undefined || status === 'pass' ? [] : [`  ${titles[id]}: ${oneLine(remedy)}\n`],
  );
  const count = (status: Check['status']) =>
    checks.filter((check) => check.status === status).length;
  const verdict = verdictOf(lost, count('fail'), count('warn'));
  const color = count('fail') === 0 ? 'green' : 'red';
  return [
    formatTable(['', 'CHECK', 'FOUND'], rows, terminal.resultColumns, terminal.grade),
    ...(remedies.length > 0 ? ['\nWhat to do:\n', ...remedies] : []),
    ...(provider === undefined ? [] : [`\n${provider.name}: ${provider.sources.join(' ')}\n`]),
    `\n${terminal.style(color, verdict, 'stdout')} ${count('fail')} failed, ${plural(count('warn'), 'warning')}, ${count('skip')} skipped.\n`,
  ].join('');
}

function verdictOf(lost: Check | undefined, failures: number, warnings: number): string {
  if (lost !== undefined)
    return `Not checked: the ${lost.id === 'server-challenge' ? 'server' : 'authorization server'} cannot be reached.`;
  if (failures > 0) return 'Not ready for MCP.';
  return warnings === 0 ? 'Ready for MCP.' : 'Ready for MCP, with limits.';
}
