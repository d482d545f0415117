import picomatch from 'picomatch';
import { InputError, type Problem } from '../../errors.js';
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
  const included = include.map((source) => ({
    source,
    flag: '--include',
    matches: pattern(source, '--include'),
  }));
  const excluded = exclude.map((source) => ({
    source,
    flag: '--exclude',
    matches: pattern(source, '--exclude'),
  }));
  const selected = operations.filter(
    (operation) =>
      (included.length === 0 || included.some(({ matches }) => matches(operation))) &&
      !excluded.some(({ matches }) => matches(operation)),
  );
  const idle = [...included, ...excluded].filter(({ matches }) => !operations.some(matches));
  const warnings = idle.map(({ source, flag }): Problem => ({
    code: 'PATTERN_MATCHES_NOTHING',
    place: flag,
    message: `The pattern ${JSON.stringify(source)} matches no operation.`,
    remedy:
      'Run inspect to see the operations; a pattern is tag:NAME, deprecated, "METHOD /path/glob" or an operationId glob.',
  }));
  return { selected, warnings };
}

/** `deprecated`, `tag:NAME`, `METHOD /path/glob` (the method may be `*`) or a glob over operationIds. */
export function pattern(source: string, flag: string): (operation: Operation) => boolean {
  if (source === 'deprecated') return ({ definition }) => definition['deprecated'] === true;
  if (source.startsWith('tag:')) return ({ tags }) => tags.includes(source.slice(4));
  // picomatch does not terminate on some of them.
  if (source.includes('\\\\'))
    throw invalidPattern(flag, 'A pattern cannot escape a backslash.', 'Use ? instead.');
  const [, method, path] = /^(\S+)\s+(\/\S*)$/.exec(source) ?? [];
  if (method !== undefined && path !== undefined) {
    const matchesPath = glob(path);
    return (operation) =>
      (method === '*' || method.toUpperCase() === operation.method) && matchesPath(operation.path);
  }
  if (source.trim() === '' || /\s/.test(source))
    throw invalidPattern(
      flag,
      `${JSON.stringify(source)} is not a valid pattern.`,
      'Use tag:NAME, deprecated, "METHOD /path/glob" or an operationId glob.',
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
