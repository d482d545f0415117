import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import type { Problem } from '../../errors.js';
import { packageName, packagePath, version } from '../../package.js';
import { printable } from '../terminal.js';

const handlebars = Handlebars.create();
const read = (name: string) => readFileSync(packagePath(`pages/${name}`), 'utf8');

/**
 * A self-contained page, from a template in `pages/`. All text is escaped and stripped of characters that reverse or
 * hide it. If markup got through all the same, the page's policy would still allow only its own script.
 */
export function renderPage(template: 'inspect' | 'diff', view: object): string {
  const script = read('report.js');
  handlebars.registerPartial('layout', read('layout.hbs'));
  return handlebars.compile(read(`${template}.hbs`), { strict: true })({
    ...(clean(view) as object),
    style: read('report.css'),
    script,
    policy: policyFor(script),
    generator: `${packageName} ${version}`,
  });
}

/** A warning as the pages show it. */
export function viewOfProblem({ code, message, place = '', remedy = '' }: Problem): object {
  return { code, message, place, remedy, find: searchable([code, message, place]) };
}

/** The text that a search covers. */
export function searchable(parts: readonly string[]): string {
  return parts.join(' ').toLowerCase();
}

/** Content Security Policy Level 3: nothing is loaded, and the only script is the one with this hash. */
function policyFor(script: string): string {
  const hash = createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src 'sha256-${hash}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, clean(member)]));
}
