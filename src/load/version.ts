import { InputError } from '../errors.js';
import type { Json, JsonObject } from './document.js';
import { childOf, isObject } from '../json.js';
import { formatOf } from './other-formats.js';
import { notOpenApi, otherFormat } from './problems.js';
import { writtenAt } from './written.js';

/** The supported lines of OpenAPI: 2.0, which is entirely different, 3.0, and 3.1 with its successors. */
export type Version = '2.0' | '3.0' | '3.1';

/**
 * The line that an OpenAPI document follows. @throws InputError when it is not an OpenAPI document or its version is
 * unknown
 */
export function detectVersion(value: Json, place: string): Version {
  const stated = isObject(value) ? versionOf(value) : undefined;
  if (stated === undefined || !isObject(value)) throw withoutVersion(value, place);
  // An unquoted `swagger: 2.0` is a number in JSON.
  if (Object.hasOwn(value, 'swagger') && /^2(\.0.*)?$/.test(stated)) return '2.0';
  const line = stated === '3' ? '3.0' : /^v?(3\.[0-2])(?!\d)/i.exec(stated)?.[1];
  if (line === undefined) throw unsupported(stated, place);
  return line === '3.0' ? '3.0' : '3.1';
}

function versionOf(value: JsonObject): string | undefined {
  const field = ['openapi', 'swagger'].find((name) => childOf(value, name) !== undefined) ?? '';
  const stated = childOf(value, field);
  if (typeof stated === 'number') return writtenAt(value, field) ?? String(stated);
  return typeof stated === 'string' ? stated.trim() : undefined;
}

function withoutVersion(value: Json, place: string): InputError {
  const format = formatOf(value);
  if (format !== undefined) return otherFormat(format, place);
  const missing = isObject(value) ? 'has no field "openapi" or "swagger"' : 'is not an object';
  return notOpenApi(`The document ${value === null ? 'is empty' : missing}`, place);
}

function unsupported(stated: string, place: string): InputError {
  return new InputError({
    code: 'UNSUPPORTED_VERSION',
    message: `OpenAPI ${JSON.stringify(stated.slice(0, 20))} is not supported.`,
    place,
    remedy: stated.startsWith('2')
      ? 'A document of version 2.0 has swagger: "2.0" instead.'
      : 'Convert the document to version 2.0, 3.0, 3.1 or 3.2.',
  });
}
