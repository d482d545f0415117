import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { root } from '../support/fixtures.js';
import type { Claims, Provider, Site, Token } from './provider.js';

export type Variables = Readonly<Record<string, string>>;

/** The values in a test for the words in capitals on a page. */
export type Values = Readonly<Record<string, string>>;

/** A page of `docs/providers`. */
export interface Page {
  readonly id: string;
  readonly text: string;
  /** The blocks of variables, in order. */
  readonly variables: readonly Variables[];
  /** The tokens, or the introspection responses, in order, as written. */
  readonly tokens: readonly string[];
}

const folder = join(root, 'docs/providers');

/** The pages by their names, without the index. */
export function readPages(): ReadonlyMap<string, Page> {
  const files = readdirSync(folder).filter((file) => file !== 'README.md');
  return new Map(files.map((file) => file.replace(/\.md$/, '')).map((id) => [id, readPage(id)]));
}

/** A file of the folder. */
function readText(file: string): string {
  return readFileSync(join(folder, file), 'utf8');
}

function readPage(id: string): Page {
  const text = readText(`${id}.md`);
  const blocks = (language: string) => [
    ...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm')),
  ];
  return {
    id,
    text,
    variables: blocks('sh').map(([, block = '']) => parseEnv(block) as Record<string, string>),
    tokens: blocks('json').map(([, block = '']) => block),
  };
}

/** The variables of some of a page's blocks, with the words in capitals replaced: a later block changes earlier ones. */
export function variablesOf(id: string, blocks: readonly number[], values: Values): Variables {
  const page = readPage(id);
  const all = blocks.flatMap((index) =>
    Object.entries(page.variables[index] ?? missing(`${id}, block ${index}`)),
  );
  const fill = (word: string) => values[word] ?? missing(`${id}: ${word}`);
  return Object.fromEntries(
    all.map(([name, value]) => [name, value.replace(/\b[A-Z][A-Z_]+[A-Z]\b/g, fill)]),
  );
}

/** A token of a page, as written there except for the words in capitals. */
export function tokenOn(id: string, index: number, values: Values): Token {
  const text = readPage(id).tokens[index] ?? missing(`${id}, token ${index}`);
  const filled = text.replace(/\b[A-Z][A-Z_]+[A-Z]\b/g, (word) => values[word] ?? word);
  const { header = {}, claims } = JSON.parse(filled) as Partial<Token> & Pick<Token, 'claims'>;
  return { header, claims };
}

/** The token of a page as a provider on this machine issues it now, with these scopes instead of `notes.read`. */
export function recorded(id: string, index: number, values: Values) {
  return (site: Site, scopes: readonly string[]): Token => {
    const { header, claims } = tokenOn(id, index, values);
    const home = new URL(variablesOf(id, [0], anyOf(values))['OAUTH_AUTHORIZATION_SERVER'] ?? '');
    const text = JSON.stringify(claims).replaceAll(home.origin, site.origin);
    return { header, claims: granted(shifted(JSON.parse(text) as Claims, site.now), scopes) };
  };
}

/** An access token that a provider issues now, with these of its scopes. */
export function issued({ page, token, values }: Provider) {
  return recorded(page, token, values);
}

// The secrets of a test are unknown where a token is read, and are not in it.
function anyOf(values: Values): Values {
  return { API_CLIENT_ID: '', API_CLIENT_SECRET: '', ...values };
}

const times = ['iat', 'nbf', 'exp', 'auth_time'];

function shifted(claims: Claims, now: number): Claims {
  const later = now - Number(claims['iat']);
  const move = ([name, value]: [string, unknown]) =>
    [name, times.includes(name) ? Number(value) + later : value] as const;
  return Object.fromEntries(Object.entries(claims).map(move));
}

/** A provider's prefix of a scope stays. */
function granted(claims: Claims, scopes: readonly string[]): Claims {
  const replace = (members: readonly string[]) =>
    members.flatMap((member) =>
      member.endsWith('notes.read')
        ? scopes.map((scope) => member.replace(/notes\.read$/, scope))
        : [member],
    );
  const exchange = (value: unknown): unknown => {
    if (typeof value === 'string' && /\bnotes\.read\b/.test(value))
      return replace(value.split(' ')).join(' ');
    const isList = Array.isArray(value) && value.every((member) => typeof member === 'string');
    return isList ? replace(value) : value;
  };
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, exchange(value)]));
}

function missing(what: string): never {
  throw new Error(`Not there: ${what}`);
}
