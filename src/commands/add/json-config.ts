import {
  applyEdits,
  findNodeAtLocation,
  modify,
  parse,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import { isObject, type Json } from '../../json.js';
import type { ConfigFormat } from './config.js';

const options = { allowTrailingComma: true };

/** JSON with comments and trailing commas; everything but the entry stays the same, byte for byte. */
export const jsonConfig: ConfigFormat = {
  read(text) {
    const errors: ParseError[] = [];
    const body = withoutMark(text);
    if (body.trim() === '') return {};
    const value = parse(body, errors, options) as Json;
    const [error] = errors;
    if (error !== undefined)
      throw new SyntaxError(`${printParseErrorCode(error.error)} at ${error.offset}`);
    if (!isObject(value)) throw new SyntaxError('it is not an object');
    return value;
  },
  set: (text, path, value) => edit(text, (body) => insert(body, path, value)),
  remove: (text, path) =>
    edit(text, (body) => applyEdits(body, modify(body, [...path], undefined, {}))),
};

/** The byte order mark, which Windows editors put at the start of files. */
const MARK = '\u{FEFF}';

function withoutMark(text: string): string {
  return text.startsWith(MARK) ? text.slice(MARK.length) : text;
}

function edit(text: string, change: (body: string) => string): string {
  const body = withoutMark(text);
  return text.slice(0, text.length - body.length) + change(body);
}

/**
 * Adds a member at the end of its object, and creates the object if needed. `modify` would reformat the neighbours too.
 */
function insert(text: string, [key = '', name = '']: readonly string[], value: object): string {
  const root = text.trim() === '' ? undefined : parseTree(text, [], options);
  if (root === undefined) return `${JSON.stringify({ [key]: { [name]: value } }, null, 2)}\n`;
  const servers = findNodeAtLocation(root, [key]);
  if (servers === undefined) return insertMember(text, root, key, { [name]: value });
  return insertMember(text, servers, name, value);
}

function insertMember(text: string, holder: Node, name: string, value: object): string {
  const last = holder.children?.at(-1);
  const inside = text.slice(holder.offset, holder.offset + holder.length);
  if (last !== undefined && !inside.includes('\n'))
    return splice(text, endOf(last), `, ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const outer = indentAt(text, holder.offset);
  const unit = unitOf(text);
  const own = last === undefined ? outer + unit : indentAt(text, last.offset);
  const body = JSON.stringify(value, null, unit).replaceAll('\n', `${eol}${own}`);
  const member = `${eol}${own}${JSON.stringify(name)}: ${body}`;
  if (last === undefined) return splice(text, holder.offset + 1, `${member}${eol}${outer}`);
  return insertBehind(text, endOf(last), member);
}

/** After the last member, its trailing comma if there is one, and a comment on the same line. */
function insertBehind(text: string, at: number, member: string): string {
  const rest = text.slice(at);
  const [, comma = '', comment = ''] =
    /^([\t ]*,)?([\t ]*(?:\/\/.*|\/\*[^*\n]*\*\/[\t ]*))?(?=\r?(\n|$))/.exec(rest) ?? [];
  const before = comma === '' ? ',' : comma;
  const after = comma === '' ? '' : ',';
  const end = at + comma.length + comment.length;
  return `${text.slice(0, at)}${before}${comment}${member}${after}${text.slice(end)}`;
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

function splice(text: string, at: number, inserted: string): string {
  return text.slice(0, at) + inserted + text.slice(at);
}

/** The indentation of the line at an offset. */
function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1);
  return /^[\t ]*/.exec(line)?.[0] ?? '';
}

/** One level of indentation, as used in the file. */
function unitOf(text: string): string {
  return /^([\t ]+)\S/m.exec(text)?.[1] ?? '  ';
}
