import { toolFileStem, toolIdentifier } from './identifier.js';
import { interpret, type Blocks, type Helpers } from './interpret.js';
import { lineWidth } from './literal.js';
import { alignTable, markdownCode, markdownText } from './markdown.js';
import { columnsOf } from './columns.js';
import { printLine, printQuoted, printString } from './print.js';
import { dotenvName, dotenvValue, yamlText } from './quote.js';

// Every `{{…}}` that prints a value names one of these, because no escaping is right for all kinds of files.
const helpers: Helpers = {
  // TypeScript cannot read a package.json with half a character in it.
  json: (text: string) => printString(text.replace(/\p{Cs}/gu, '\uFFFD')),
  quoted: (text: string) => printQuoted(text),
  md: (text: string) => markdownText(text),
  code: (text: string) => markdownCode(text),
  line: (text: string) => printLine(text),
  // The text comes from this package and is already Markdown.
  page: (text: string) => text,
  slug: (name: string) => name.replace(/[^A-Za-z0-9-]/g, '-'),
  identifier: (tool: string) => toolIdentifier(tool),
  stem: (tool: string) => toolFileStem(tool),
  envName: (name: string) => dotenvName(name),
  env: (value: string) => dotenvValue(value),
  yaml: (text: string) => yamlText(text),
};

/** Blocks in prettier's layout: lines that are kept if they fit, and a Markdown table. */
const blocks: Blocks = {
  fits: (lines, other) =>
    lines.split('\n').every((line) => columnsOf(line) <= lineWidth) ? lines : other(),
  table: (rows) => alignTable(rows),
};

/** Fills in a `.hbs` template; `view` is that of the plan (`proseView`). */
export function renderProse(template: string, view: object): string {
  return interpret(template, view, helpers, blocks);
}
