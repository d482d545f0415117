import type { InputError } from '../../errors.js';
import { isObject, record } from '../../json.js';
import type { Json, Report } from '../document.js';
import { invalidSyntax } from '../problems.js';
import { findJsonFault } from './json-fault.js';
import { lineIndex } from './lines.js';
import { parseJson } from './parse-json.js';
import { parseYaml } from './parse-yaml.js';

/**
 * Reads JSON or YAML, whatever the file is called; `place` is what problems name before line and column. Text that
 * begins like JSON (RFC 8259) is never read as YAML: that takes a thousand times as long, for a text that was made to.
 */
export function parse(text: string, place: string, report: Report): Json {
  const value = parseAny(text, place, report);
  // Only an escape can be half of a character.
  return /\\u[dD][89a-fA-F]/.test(text) ? wellFormed(value) : value;
}

function parseAny(text: string, place: string, report: Report): Json {
  const json = /^\s*[[{]/.test(text) ? parseJson(text, place, report) : undefined;
  if (json !== undefined) return json;
  if (/^\s*(\[|\{\s*["}])/.test(text)) throw brokenJson(text, place);
  return parseYaml(text, place, report);
}

/** With U+FFFD for halves of characters, which no request can carry and no validator of schemas takes in a name. */
function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.replace(/\p{Surrogate}/gu, '\ufffd');
  if (Array.isArray(value)) return value.map(wellFormed);
  if (!isObject(value)) return value;
  return record(
    Object.entries(value).map(([key, member]) => [wellFormed(key) as string, wellFormed(member)]),
  );
}

function brokenJson(text: string, place: string): InputError {
  const { offset, message } = findJsonFault(text) ?? { offset: 0, message: 'This is not JSON.' };
  return invalidSyntax(message, `${place}:${lineIndex(text)(offset)}`);
}
