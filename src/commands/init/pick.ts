import { MultiSelectPrompt, wrapTextWithPrefix, type CANCEL_SYMBOL } from '@clack/core';
import {
  limitOptions,
  S_BAR,
  S_BAR_END,
  S_CHECKBOX_ACTIVE,
  S_CHECKBOX_INACTIVE,
  S_CHECKBOX_SELECTED,
  symbol,
} from '@clack/prompts';
import { printable, type Terminal } from '../../print/terminal.js';

/** A question with any number of answers, and a line with the total of the current choice. */
export interface Picking {
  readonly message: string;
  /** Plain text, one line each; all are selected initially. */
  readonly rows: readonly string[];
  /** The total of the rows at these positions. */
  readonly total: (chosen: readonly number[]) => readonly string[];
}

const keys = 'space: toggle, a: all or none, i: invert, enter: continue';

interface Row {
  readonly value: number;
  readonly label: string;
}

/** The state to draw. */
type State = Pick<MultiSelectPrompt<Row>, 'state' | 'value' | 'cursor' | 'error' | 'options'>;

/**
 * Asks the question. clack's own `multiselect` draws a fixed frame; this one redraws the total after every key.
 * Resolves to the positions of the chosen rows, at least one, in their order.
 */
export async function pick(
  picking: Picking,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number[] | typeof CANCEL_SYMBOL> {
  const options = picking.rows.map((label, value) => ({ value, label }));
  const prompt = new MultiSelectPrompt<Row>({
    input: terminal.input,
    output: terminal.prompts,
    signal,
    options,
    initialValues: options.map(({ value }) => value),
    validate: (value) => (value?.length ? undefined : 'Choose at least one.'),
    render() {
      return draw(this, picking, terminal);
    },
  });
  const answer = await prompt.prompt();
  return typeof answer === 'symbol' ? answer : [...(answer ?? [])].sort((a, b) => a - b);
}

function draw(prompt: State, { message, total }: Picking, terminal: Terminal): string {
  const { state, error } = prompt;
  const chosen = new Set<number>(prompt.value);
  const done = state === 'submit' || state === 'cancel';
  const colour = done ? 'gray' : state === 'error' ? 'yellow' : 'cyan';
  const bar = `${terminal.style(colour, S_BAR)}  `;
  const wrap = (line: string, start = bar) =>
    wrapTextWithPrefix(terminal.prompts, line, bar, start);
  const head = [terminal.style('gray', S_BAR), wrap(message, `${symbol(state)}  `)];
  const sum = total([...chosen]).map((line) => wrap(line));
  if (done) return [...head, ...sum].join('\n');
  const fault = state === 'error' ? [terminal.style('yellow', `   ${error}`)] : [];
  const foot = [bar, ...sum, terminal.style(colour, S_BAR_END), ...fault];
  const list = limitOptions({
    options: prompt.options,
    cursor: prompt.cursor,
    output: terminal.prompts,
    columnPadding: 3,
    rowPadding: head.length + foot.length + 3,
    style: ({ value, label }, active) => row(label, active, chosen.has(value), terminal),
  });
  const shown = [terminal.style('dim', keys), ...list].map((line) => bar + line);
  return [...head, ...shown, ...foot].join('\n');
}

function row(label: string, active: boolean, chosen: boolean, terminal: Terminal): string {
  const text = active ? label : terminal.style('dim', label);
  if (chosen) return `${terminal.style('green', S_CHECKBOX_SELECTED)} ${text}`;
  return active
    ? `${terminal.style('cyan', S_CHECKBOX_ACTIVE)} ${text}`
    : `${terminal.style('dim', S_CHECKBOX_INACTIVE)} ${text}`;
}

/** A name and some numbers in columns; names are shortened to fit the width, in characters. */
export function formatRows(
  rows: readonly (readonly [string, ...string[]])[],
  width: number,
): string[] {
  const gap = '  ';
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0),
  );
  const [names = 0, ...numbers] = widths;
  const taken = numbers.reduce((sum, number) => sum + gap.length + number, 0);
  const room = Math.min(names, Math.max(width - taken, 8));
  return rows.map(([name, ...cells]) =>
    [
      cut(oneLine(name), room).padEnd(room),
      ...cells.map((cell, column) => cell.padStart(numbers[column] ?? 0)),
    ].join(gap),
  );
}

/** Text of a document on one line, for lists. */
export function oneLine(words: string): string {
  return printable(words).replace(/\s+/g, ' ').trim();
}

/** A text shortened to a length, ending with `…`. */
export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
