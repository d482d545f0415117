import { wellFormed } from '../../../templates/src/runtime/text.js';
import type { InputError } from '../../errors.js';
import { isObject, record } from '../../json.js';
import type { Json, Report } from '../document.js';
import { formatOfText } from '../other-formats.js';
import { invalidSyntax, otherFormat } from '../problems.js';
import { decode } from '../read/decode.js';
import { findJsonFault } from './json-fault.js';
import { lineIndex } from './lines.js';
import { parseJson } from './parse-json.js';
import { parseYaml } from './parse-yaml.js';

/** Parses the bytes of a document, as they were read. */
export function parseBytes(bytes: Uint8Array, place: string, report: Report): Json {
  return parse(decode(bytes, place, report), place, report);
}

/**
 * Parses JSON or YAML, whatever the file is called. `place` precedes line and column in problems. Text that begins
 * like JSON (RFC 8259) is never parsed as YAML: hostile text would take a thousand times as long.
 */
export function parse(text: string, place: string, report: Report): Json {
  const value = parseAny(text, place, report);
  // Only an escape sequence can produce half a surrogate pair.
  return /\\u[dD][89a-fA-F]/.test(text) ? withoutHalves(value) : value;
}

function parseAny(text: string, place: string, report: Report): Json {
  const json = /^\s*[[{]/.test(text) ? parseJson(text, place, report) : undefined;
  if (json !== undefined) return json;
  const format = formatOfText(text);
  if (format !== undefined) throw otherFormat(format, place);
  if (/^\s*(\/[/*]|\[|\{\s*(["}]|\/[/*]))/.test(text)) throw brokenJson(text, place);
  return parseYaml(text, place, report);
}

/** Without lone surrogates: no request can carry them, and schema validators reject them in names. */
function withoutHalves(value: Json): Json {
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) return value.map(withoutHalves);
  if (!isObject(value)) return value;
  return record(
    Object.entries(value).map(([key, member]) => [wellFormed(key), withoutHalves(member)]),
  );
}

function brokenJson(text: string, place: string): InputError {
  const { offset, message } = findJsonFault(text) ?? { offset: 0, message: 'Not valid JSON.' };
  return invalidSyntax(message, `${place}:${lineIndex(text)(offset)}`);
}
