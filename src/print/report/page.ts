import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import type { Problem } from '../../errors.js';
import { packageName, packagePath, version } from '../../package.js';
import { printable } from '../terminal.js';

const handlebars = Handlebars.create();
const read = (name: string) => readFileSync(packagePath(`pages/${name}`), 'utf8');

/**
 * A page that is complete by itself, from a template of `pages/`. All text is escaped, and shown without the characters
 * that reverse or hide it; should a browser find markup in it all the same, the page's policy runs only its own script.
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

/** What a search looks through. */
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
