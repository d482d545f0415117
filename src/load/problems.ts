import { InputError } from '../errors.js';
import type { OtherFormat } from './other-formats.js';

/** The document is not well-formed at this place. */
export function invalidSyntax(message: string, place: string): InputError {
  const remedy = 'Correct the document at this place; it must be valid JSON or YAML.';
  return new InputError({ code: 'INVALID_SYNTAX', message, place, remedy });
}

/** The document is nested too deeply to be handled. */
export function tooDeep(place: string): InputError {
  const message = 'The document is nested too deeply.';
  const remedy = 'Move nested parts into components and refer to them.';
  return new InputError({ code: 'TOO_DEEP', message, place, remedy });
}

/** Repetition, by YAML aliases or overlapping references, would make the document too large. */
export function tooRepetitive(place: string): InputError {
  const message =
    'Its aliases or references repeat so much that the document would become too large.';
  const remedy = 'Refer to components instead of repeating them.';
  return new InputError({ code: 'TOO_REPETITIVE', message, place, remedy });
}

/** A key occurs twice in one object; the last one counts. */
export function duplicateKey(key: string, place: string) {
  const message = `The key ${JSON.stringify(key)} occurs twice in one object; the last one is used.`;
  return { code: 'DUPLICATE_KEY', message, place, remedy: 'Remove one of them.' };
}

/** A key that would set an object's prototype in less careful programs, and is never meant as data. */
export function forbiddenKey(place: string) {
  const message = 'The key "__proto__" is left out.';
  return { code: 'FORBIDDEN_KEY', message, place, remedy: 'Rename it.' };
}

/** The document has another format than OpenAPI. */
export function otherFormat([name, remedy]: OtherFormat, place: string): InputError {
  return notOpenApi(`This is ${name}`, place, remedy);
}

/** Not an OpenAPI document; `why` is the first half of the sentence. */
export function notOpenApi(
  why: string,
  place: string,
  remedy = 'Use an OpenAPI document of version 2.0, 3.0, 3.1 or 3.2.',
): InputError {
  const message = `${why}; an OpenAPI document is expected.`;
  return new InputError({ code: 'NOT_OPENAPI', message, place, remedy });
}
