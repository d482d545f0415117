import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namesIn, variables } from '../../templates/src/runtime/variables.js';
import { root } from '../support/fixtures.js';
import { readPage } from './blocks.js';

const page = readPage('docs/troubleshooting.md');
const events = readPage('docs/deploy/observability.md');

/** The sources of a folder, by path in it. */
function sourcesOf(folder: string): [path: string, text: string][] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path, readFileSync(join(root, folder, path), 'utf8')]);
}

/** Upper-case constants that are not codes of problems: of Node, of HTTP, of parsers. */
const others =
  /^(E[A-Z]+|ERR_.*|CERT_HAS_EXPIRED|MULTIPLE_DOCS|SIG[A-Z]+|(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|QUERY))$/;

/** Every code that a command can report: the constants with an underscore, and single words where problems are made. */
function codesOf(): string[] {
  const made = sourcesOf('src').filter(([path]) => !/^diff\/(?!read-project)/.test(path));
  const found = made.flatMap(([, text]) => [
    ...text.matchAll(/'([A-Z]+(?:_[A-Z]+)+)'|(?<=code: |[?:] \[\s*|return \[\s*)'([A-Z]+)'(?=,)/g),
  ]);
  const codes = new Set(found.map(([, long, word]) => long ?? word ?? ''));
  const known = [...namesIn(variables), ...changeCodes()];
  return [...codes]
    .filter((code) => !others.test(code) && !known.includes(code))
    .filter((code) => code === 'OAUTH_ERROR' || !/^(MCP|OAUTH|UPSTREAM)_/.test(code))
    .sort();
}

/** The codes of `diff`: they name changes, not problems. */
function changeCodes(): string[] {
  const text = readFileSync(join(root, 'src/diff/codes.ts'), 'utf8');
  return [...text.matchAll(/^ {2}([A-Z_]+): '/gm)].map(([, code = '']) => code);
}

/** The first cells of the rows below a heading. */
function namesBelow(heading: string): string[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const rows = (section.split(/^## /m)[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => {
    const cells = row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim());
    expect(cells, row).toHaveLength(3);
    expect(
      cells.filter((cell) => cell === ''),
      row,
    ).toEqual([]);
    return [...(cells[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  });
}

describe('the codes of problems', () => {
  // Of the library that parses command lines: its codes, in capitals.
  const parsed =
    /^(UNKNOWN_OPTION|UNKNOWN_COMMAND|(OPTION_)?MISSING_ARGUMENT|INVALID_ARGUMENT|EXCESS_ARGUMENTS)$/;
  const listed = namesBelow('Messages of the commands').filter((name) => !parsed.test(name));

  it('are all on the page, with cause and remedy, and no others', () => {
    expect([...listed].sort()).toEqual(codesOf());
  });

  it('are on it once', () => {
    expect(listed.filter((name, index) => listed.indexOf(name) !== index)).toEqual([]);
  });
});

describe('the events of the log', () => {
  const runtime = sourcesOf('templates/src/runtime');
  const logged = runtime.flatMap(([, text]) => {
    const found = [...text.matchAll(/\b(?:audit|log)\(\s*'([a-z_]+)',\s*([^;]*);/g)];
    return found.map(([, event = '', fields = '']) => ({ event, fields }));
  });
  const names = [...new Set(logged.map(({ event }) => event))].sort();

  it('are all on both pages, and no others', () => {
    expect(names).toContain('tool_call');
    expect([...namesBelow('Log events')].sort()).toEqual(names);
    const sections = [...events.matchAll(/^### `([a-z_]+)`$/gm)].map(([, name = '']) => name);
    expect(sections.sort()).toEqual(names);
  });

  it.each(names)('has the members of %s, and an example', (event) => {
    const [, section = ''] = events.split(`\n### \`${event}\`\n`);
    const [text = ''] = section.split(/^##/m);
    const members = logged
      .filter((one) => one.event === event)
      .flatMap(({ fields }) => membersOf(fields));
    for (const member of members) expect(text).toContain(`\`${member}\``);
    const [, json = '{}'] = /^```json\n(.*)\n```$/m.exec(text) ?? [];
    const example = JSON.parse(json) as Record<string, unknown>;
    expect(example).toMatchObject({ event, time: expect.any(String) as string });
    for (const member of Object.keys(example).slice(2)) expect(text).toContain(`\`${member}\``);
  });
});

/** The names in an object literal; those of a caller for `identityOf`. */
function membersOf(fields: string): string[] {
  const own = fields.replace(/\.\.\.identityOf\(.*?\)/g, 'issuer, subject, client, scopes');
  const inside = /\{([^]*)\}/.exec(own)?.[1] ?? '';
  return [...inside.matchAll(/(?:^|[,{])\s*([a-z]+)(?=\s*[:,}]|\s*$)/g)].map(
    ([, name = '']) => name,
  );
}
