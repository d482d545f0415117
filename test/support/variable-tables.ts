import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describeVariable, exampleOf, titles } from '../../src/emit/variables-view.js';
import { groups, namesIn, numbered, type Variable } from '../../templates/src/runtime/variables.js';
import { root } from './fixtures.js';

const block = /(<!-- variables -->)[^]*(<!-- end of the variables -->)/;

/** The page that has the tables, relative to the repository. */
export const configurationPage = 'docs/configuration.md';

/** That page with the runtime's tables of variables. */
export async function withVariables(page: string): Promise<string> {
  if (!block.test(page)) throw new Error('The page has no place for the tables of variables');
  const written = page.replace(block, (_, begin: string, end: string) =>
    [begin, ...tables(), end].join('\n\n'),
  );
  const path = join(root, configurationPage);
  return format(written, { ...(await resolveConfig(path)), filepath: path });
}

/** Variables that depend on the document, by the pattern of their names. */
const patterns: Readonly<Record<string, Variable>> = {
  UPSTREAM_API_KEY: {
    kind: 'secret',
    text: 'The API key, sent where the document says. Several schemes: `UPSTREAM_API_KEY_<SCHEME>`.',
  },
  'UPSTREAM_SERVER_<NAME>': {
    kind: 'text',
    text: "The value of a variable in the URL of the document's server.",
    fallback: "the document's",
  },
};

function tables(): string[] {
  const { UPSTREAM_BASE_URL, ...others } = groups.upstream;
  const upstream = { UPSTREAM_BASE_URL, ...patterns, ...others };
  return [
    table(titles.server, groups.server),
    table(titles.oauth, { ...groups.oauth, ...numbered }),
    table(titles.upstream, upstream),
  ];
}

function table(title: string, variables: Readonly<Record<string, Variable>>): string {
  return [
    `| ${title} | Default | Meaning |`,
    '| --- | --- | --- |',
    ...Object.entries(variables).map(([name, variable]) => row(name, variable)),
  ].join('\n');
}

function row(name: string, variable: Variable): string {
  const { default: fixed, fallback = '', when } = variable;
  const example = exampleOf(variable);
  const meaning = [
    describeVariable(variable),
    ...(when === 'open' ? ['Without OAuth only.'] : []),
    ...(when === 'exchange' ? ['With OAuth only.'] : []),
    ...(example === '' ? [] : [`For example ${code(example)}.`]),
  ];
  const names = namesIn({ [name]: variable }).map(code);
  return `| ${names.join(' or ')} | ${fixed === undefined ? fallback : code(String(fixed))} | ${meaning.join(' ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
