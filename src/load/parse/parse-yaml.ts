import { parseDocument, type Document, type YAMLError } from 'yaml';
import { InputError } from '../../errors.js';
import type { Json, Report } from '../document.js';
import { lineIndex } from './lines.js';
import { invalidSyntax, tooDeep } from '../problems.js';
import { yamlToJson } from './yaml-to-json.js';

/** Parses YAML 1.2 into JSON values; only the first document of a file is read. */
export function parseYaml(text: string, place: string, report: Report): Json {
  const lineOf = lineIndex(text);
  const placeOf = (offset: number) => `${place}:${lineOf(offset)}`;
  const document = compose(withoutEmpty(text), place);
  const errors = document.errors.filter((error) => error.code !== 'MULTIPLE_DOCS');
  if (errors.length > 0) throw allOf(errors, placeOf);
  for (const error of document.errors) report(secondDocument(placeOf(error.pos[0])));
  return yamlToJson(document.contents, placeOf, report);
}

/** Blank lines, comments and the beginnings of documents. */
const EMPTY = /^(?:[ \t\r]*(?:#[^\n]*)?\n|---[ \t\r]*(?:#[^\n]*)?\n)+/;

/**
 * The text without empty documents in front, with which templates and joined files begin. Later lines keep their
 * numbers.
 */
function withoutEmpty(text: string): string {
  const [lead = ''] = EMPTY.exec(text) ?? [];
  const isEmpty = (lead.match(/^---/gm) ?? []).length > 1;
  return isEmpty ? lead.replace(/[^\n]/g, ' ') + text.slice(lead.length) : text;
}

function compose(text: string, place: string): Document.Parsed {
  try {
    // Always the core schema, whatever a %YAML directive says: `no` is a string there, and dates are not dates.
    // yamlToJson compares the keys, because this library needs quadratic time for it.
    const keys = { stringKeys: true, uniqueKeys: false };
    return parseDocument(text, { schema: 'core', ...keys, prettyErrors: false });
  } catch (error) {
    throw error instanceof RangeError ? tooDeep(place) : error;
  }
}

/** One mistake causes many errors, of which the first few are useful. At one place the last is the outermost. */
function allOf(errors: readonly YAMLError[], placeOf: (offset: number) => string): InputError {
  const places = new Map(errors.map((error) => [error.pos[0], error]));
  const found = [...places.values()].slice(0, 5).map((error) => {
    return invalidSyntax(`${error.message.replace(/\.$/, '')}.`, placeOf(error.pos[0]));
  });
  return new InputError(found.flatMap((error) => error.problems));
}

function secondDocument(place: string) {
  const message = 'A second YAML document starts here; only the first one is used.';
  return { code: 'MULTIPLE_DOCUMENTS', message, place, remedy: 'Give each document its own file.' };
}
