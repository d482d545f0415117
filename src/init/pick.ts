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
import type { Terminal } from '../terminal.js';

/** A question with any number of answers, and a line that says what the answers of the moment come to. */
export interface Picking {
  readonly message: string;
  /** Plain text, one line each; all are chosen at first. */
  readonly rows: readonly string[];
  /** What a choice of rows, by their positions, comes to. */
  readonly total: (chosen: readonly number[]) => readonly string[];
}

const keys = 'space: choose, a: all or none, i: the others, enter: go on';

/**
 * Asks it. clack's own `multiselect` draws a fixed frame; this one draws the total anew after every key.
 * Resolves to the positions of the chosen rows, at least one, in their order.
 */
export async function pick(
  { message, rows, total }: Picking,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number[] | typeof CANCEL_SYMBOL> {
  const output = terminal.prompts;
  const options = rows.map((label, value) => ({ value, label }));
  const prompt = new MultiSelectPrompt({
    input: terminal.input,
    output,
    signal,
    options,
    initialValues: options.map(({ value }) => value),
    validate: (value) => (value?.length ? undefined : 'Choose at least one.'),
    render() {
      const chosen = new Set(this.value);
      const colour = this.state === 'error' ? 'yellow' : 'cyan';
      const done = this.state === 'submit' || this.state === 'cancel';
      const bar = `${terminal.style(done ? 'gray' : colour, S_BAR)}  `;
      const title = wrapTextWithPrefix(output, message, bar, `${symbol(this.state)}  `);
      const sum = total([...chosen]).map((line) => wrapTextWithPrefix(output, line, bar));
      const head = [terminal.style('gray', S_BAR), title];
      if (done) return [...head, ...sum].join('\n');
      const foot = [bar, ...sum, terminal.style(colour, S_BAR_END)];
      if (this.state === 'error') foot.push(terminal.style('yellow', `   ${this.error}`));
      const list = limitOptions({
        options: this.options,
        cursor: this.cursor,
        output,
        columnPadding: 3,
        rowPadding: head.length + foot.length + 3,
        style: ({ value, label }, active) => row(label, active, chosen.has(value), terminal),
      });
      return [
        ...head,
        `${bar}${terminal.style('dim', keys)}`,
        ...list.map((line) => bar + line),
        ...foot,
      ].join('\n');
    },
  });
  const answer = await prompt.prompt();
  return typeof answer === 'symbol' ? answer : [...(answer ?? [])].sort((a, b) => a - b);
}

function row(label: string, active: boolean, chosen: boolean, terminal: Terminal): string {
  const text = active ? label : terminal.style('dim', label);
  if (chosen) return `${terminal.style('green', S_CHECKBOX_SELECTED)} ${text}`;
  return active
    ? `${terminal.style('cyan', S_CHECKBOX_ACTIVE)} ${text}`
    : `${terminal.style('dim', S_CHECKBOX_INACTIVE)} ${text}`;
}
