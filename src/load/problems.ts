import { InputError } from '../errors.js';

/** The document is not well-formed at this place. */
export function invalidSyntax(message: string, place: string): InputError {
  const remedy = 'Correct the document there; it must be JSON or YAML.';
  return new InputError({ code: 'INVALID_SYNTAX', message, place, remedy });
}

/** The document is nested too deeply to be handled. */
export function tooDeep(place: string): InputError {
  const message = 'The document is nested too deeply.';
  const remedy = 'Move what is nested into components and refer to it.';
  return new InputError({ code: 'TOO_DEEP', message, place, remedy });
}

/** Repetition, by YAML aliases or overlapping references, would make the document too large. */
export function tooRepetitive(place: string): InputError {
  const message =
    'Its aliases or references repeat so much that the document would become too large.';
  const remedy = 'Refer to components instead of repeating them.';
  return new InputError({ code: 'TOO_REPETITIVE', message, place, remedy });
}

/** A key stands twice in one object; the last one counts. */
export function duplicateKey(key: string, place: string) {
  const message = `The key ${JSON.stringify(key)} stands there a second time; the last one is used.`;
  return { code: 'DUPLICATE_KEY', message, place, remedy: 'Remove one of the two.' };
}

/** A key that would set an object's prototype in programs that are less careful; nobody means it. */
export function forbiddenKey(place: string) {
  const message = 'The key "__proto__" is left out.';
  return { code: 'FORBIDDEN_KEY', message, place, remedy: 'Rename it.' };
}
