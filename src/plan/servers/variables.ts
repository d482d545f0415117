import { shortHash, words } from '../operations/names.js';

/**
 * An environment variable for every name in the document: the prefix and the name in upper case, with a hash of the
 * name where that is ambiguous or taken.
 */
export function variableNames(
  prefix: string,
  names: readonly string[],
  taken = /^$/,
): Map<string, string> {
  const suffixes = names.map((name) => words(name, '_').toUpperCase());
  return new Map(
    names.map((name, index) => {
      const suffix = suffixes[index] ?? '';
      const unique = suffixes.indexOf(suffix) === suffixes.lastIndexOf(suffix);
      const clear = suffix !== '' && unique && !taken.test(suffix);
      const hashed = `${suffix}_${shortHash(name).toUpperCase()}`.replace(/^_/, '');
      return [name, `${prefix}${clear ? suffix : hashed}`];
    }),
  );
}
