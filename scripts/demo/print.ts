/** The demo's output: 100 columns, one line per step, colours on terminals only. */

const width = 100;
const terminal = process.stdout.isTTY && process.env.TERM !== 'dumb';
const colours = terminal && !process.env.NO_COLOR;

function paint(code: number) {
  return (text: string) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);
}

const bold = paint(1);
const dim = paint(2);
const red = paint(31);
const green = paint(32);
const cyan = paint(36);

/** On a terminal, the line of a finished step replaces the line of the step in progress. */
const overwrite = terminal ? '\r\x1b[2K' : '';

/** A line of text, or an empty one. */
export function line(text = ''): void {
  process.stdout.write(`${text}\n`);
}

/** The headline of everything. */
export function title(text: string): void {
  line(`\n${bold(text)}`);
}

/** The headline of a group of steps. */
export function heading(text: string, remark: string): void {
  line(`\n${bold(text)} ${dim(remark)}`);
}

/** Shows the current step, if the output is a terminal. */
export function pending(name: string, detail: string): void {
  if (terminal) process.stdout.write(overwrite + format(dim('…'), name, dim(fit(detail))));
}

/** Prints a finished step. */
export function done(name: string, detail: string): void {
  line(overwrite + format(green('✓'), name, fit(detail)));
}

/** Prints a failure: the first line of the reason beside the step, the rest below. */
export function failed(name: string, reason: string): void {
  const [first = '', ...rest] = reason.split('\n');
  process.stdout.write(overwrite);
  process.stderr.write(format(red('✗'), name, first) + '\n');
  for (const more of rest) process.stderr.write(`    ${more}\n`);
}

function format(mark: string, name: string, detail: string): string {
  return `  ${mark} ${cyan(name.padEnd(nameWidth))} ${detail}`;
}

const nameWidth = 14;
const room = width - nameWidth - 5;

function fit(detail: string): string {
  return detail.length > room ? `${detail.slice(0, room - 1)}…` : detail;
}
