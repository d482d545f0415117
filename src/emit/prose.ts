import Handlebars from 'handlebars';
import type { Plan } from '../plan/plan.js';
import { toolFileStem, toolIdentifier } from './identifier.js';
import { markdownCode, markdownText } from './markdown.js';
import { printLine, printString } from './print.js';
import { dotenvName, dotenvValue } from './quote.js';
import { proseView } from './view.js';

const handlebars = Handlebars.create();

// Every `{{…}}` that prints a value names one of these: there is no escape that is right for all kinds of files.
handlebars.registerHelper({
  // TypeScript cannot read a package.json with half a character in it.
  json: (text: string) => printString(text.replace(/\p{Cs}/gu, '\uFFFD')),
  md: (text: string) => markdownText(text),
  code: (text: string) => markdownCode(text),
  line: (text: string) => printLine(text),
  slug: (name: string) => name.replace(/[^A-Za-z0-9-]/g, '-'),
  identifier: (tool: string) => toolIdentifier(tool),
  stem: (tool: string) => toolFileStem(tool),
  envName: (name: string) => dotenvName(name),
  env: (value: string) => dotenvValue(value),
});

/** Fills the few words that vary into a `.hbs` template. */
export function renderProse(template: string, plan: Plan): string {
  return handlebars.compile(template, { noEscape: true, strict: true })(proseView(plan));
}
