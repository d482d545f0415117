import { formatTable } from '../../print/table.js';
import { printable, type Terminal } from '../../print/terminal.js';
import { titles, type Check } from './check.js';
import type { ProviderNotes } from './providers.js';

/** A remedy in the words of the provider, where it has some. */
export function advised(check: Check, provider: ProviderNotes | undefined): Check {
  const { id, status } = check;
  const words = status === 'fail' || status === 'warn' ? provider?.switches[id] : undefined;
  return words === undefined ? check : { ...check, remedy: words };
}

/** The checks as a table, what to do about those that fail, and the verdict. */
export function report(
  checks: readonly Check[],
  provider: ProviderNotes | undefined,
  terminal: Terminal,
): string {
  const rows = checks.map(({ id, status, found }) => [status, titles[id], printable(found)]);
  const remedies = checks.flatMap(({ id, status, remedy }) =>
    remedy === undefined || status === 'pass' ? [] : [`  ${titles[id]}: ${printable(remedy)}\n`],
  );
  const count = (status: Check['status']) =>
    checks.filter((check) => check.status === status).length;
  const verdict =
    count('fail') === 0
      ? terminal.style(
          'green',
          count('warn') === 0 ? 'Fit for MCP.' : 'Fit for MCP, with limits.',
          'stdout',
        )
      : terminal.style('red', 'Not fit for MCP as it is.', 'stdout');
  return [
    formatTable(['', 'CHECK', 'FOUND'], rows, terminal.resultColumns),
    ...(remedies.length > 0 ? ['\nWhat to do:\n', ...remedies] : []),
    ...(provider === undefined ? [] : [`\n${provider.name}: ${provider.sources.join(' ')}\n`]),
    `\n${verdict} ${count('fail')} failed, ${count('warn')} to know, ${count('skip')} not known.\n`,
  ].join('');
}
