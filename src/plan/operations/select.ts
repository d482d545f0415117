import picomatch from 'picomatch';
import { InputError, type Problem } from '../../errors.js';
import { nearest } from '../../../templates/src/runtime/nearest.js';
import type { Operation } from './operations.js';

/**
 * The operations that become tools: those that match an `include` pattern (all, without one) and no `exclude`
 * pattern.
 */
export function selectOperations(
  operations: readonly Operation[],
  include: readonly string[],
  exclude: readonly string[],
): { selected: Operation[]; warnings: Problem[] } {
  const included = matching(operations, include, '--include');
  const excluded = matching(operations, exclude, '--exclude');
  return {
    selected: operations.filter(
      (one) => (include.length === 0 || included.found.has(one)) && !excluded.found.has(one),
    ),
    warnings: [...included.warnings, ...excluded.warnings],
  };
}

/** The operations that the patterns of a flag match, and warnings of patterns that match none. */
export function matching(
  operations: readonly Operation[],
  sources: readonly string[],
  flag: string,
): { found: ReadonlySet<Operation>; warnings: Problem[] } {
  const matches = sources.map((source) => operations.filter(pattern(source, flag)));
  const idle = sources.filter((_, index) => matches[index]?.length === 0);
  return {
    found: new Set(matches.flat()),
    warnings: idle.map((source) => matchesNothing(source, flag, operations)),
  };
}

/** A pattern that selects none of the operations, with the one that was most likely meant. */
function matchesNothing(source: string, place: string, operations: readonly Operation[]): Problem {
  const meant = meantBy(source, operations);
  return {
    code: 'PATTERN_MATCHES_NOTHING',
    place,
    message: `The pattern ${JSON.stringify(source)} matches no operation.`,
    remedy:
      meant === undefined
        ? `A pattern is ${FORMS}. inspect shows the paths.`
        : `Did you mean ${JSON.stringify(meant)}? A pattern is ${FORMS}.`,
  };
}

/** The pattern in another form, or the nearest tag or operationId: `inspect` shows `list_pets` for `listPets`. */
function meantBy(source: string, operations: readonly Operation[]): string | undefined {
  const bare = source.replace(/^["']|["']$|,.*/g, '');
  if (bare === '') return undefined;
  const forms = [bare, bare.toLowerCase(), `tag:${bare}`, `* ${bare}`, `${bare} /**`];
  const known = operations.flatMap(({ tags, operationId }) => [
    ...tags.map((tag) => `tag:${tag}`),
    ...(operationId === undefined ? [] : [operationId]),
  ]);
  return forms.find((form) => selectsAny(form, operations)) ?? nearest(bare, [...new Set(known)]);
}

function selectsAny(source: string, operations: readonly Operation[]): boolean {
  try {
    return operations.some(pattern(source, ''));
  } catch {
    return false;
  }
}

const FORMS = 'tag:NAME, deprecated, "METHOD /path/glob" or an operationId glob';

/** `deprecated`, `tag:NAME`, `METHOD /path/glob` (the method may be `*`) or a glob over operationIds. */
function pattern(written: string, flag: string): (operation: Operation) => boolean {
  const source = written.trim();
  if (source === 'deprecated') return ({ definition }) => definition['deprecated'] === true;
  if (source.startsWith('tag:')) {
    const name = source.slice(4).trim();
    return ({ tags }) => tags.includes(name);
  }
  // picomatch does not terminate on some of them.
  if (source.includes('\\\\'))
    throw invalidPattern(flag, 'A pattern cannot escape a backslash.', 'Use ? instead.');
  const [, method, path] = /^(\S+)\s+(\/\S*)$/.exec(source) ?? [];
  if (method !== undefined && path !== undefined) {
    const matchesPath = glob(path);
    return (operation) =>
      (method === '*' || method.toUpperCase() === operation.method) && matchesPath(operation.path);
  }
  if (source === '' || /\s/.test(source))
    throw invalidPattern(
      flag,
      `${JSON.stringify(source)} is not a valid pattern.`,
      `Use ${FORMS}, with ? for a space.`,
    );
  const matchesId = glob(source);
  return ({ operationId }) => operationId !== undefined && matchesId(operationId);
}

function invalidPattern(place: string, message: string, remedy: string): InputError {
  return new InputError({ code: 'INVALID_PATTERN', place, message, remedy });
}

// Braces are part of path templates, so they are literal.
function glob(source: string): (text: string) => boolean {
  return picomatch(source, { nobrace: true, noextglob: true, dot: true, nonegate: true });
}
