import { createHash } from 'node:crypto';
import type { Problem } from '../../errors.js';
import { groupBy } from '../../json.js';
import type { Operation } from './operations.js';

const MAX_LENGTH = 64;

/** The candidate names of an operation, best first. They never depend on the order of operations. */
interface Claim {
  readonly operation: Operation;
  readonly candidates: readonly string[];
  readonly level: number;
}

/**
 * A unique tool name for every operation: from `x-mcp.name`, the operationId, or method and path. When operations
 * want the same name, *all* of them use their next candidate, so that names do not depend on the document's order.
 */
export function nameTools(
  operations: readonly Operation[],
  chosen: (operation: Operation) => string | undefined,
): { names: Map<Operation, string>; warnings: Problem[] } {
  let claims = operations.map((operation): Claim => ({
    operation,
    candidates: candidatesOf(operation, chosen(operation)),
    level: 0,
  }));
  for (;;) {
    const rivals = conflicts(claims);
    if (rivals.size === 0) break;
    claims = claims.map((claim) =>
      rivals.has(claim) ? { ...claim, level: claim.level + 1 } : claim,
    );
  }
  return {
    names: new Map(claims.map((claim) => [claim.operation, nameOf(claim)])),
    warnings: claims.filter((claim) => nameOf(claim) !== claim.candidates[0]).map(collision),
  };
}

/**
 * Words in lower case, joined by `separator`: `getPetById` → `get_pet_by_id`, `listHTTPServers` → `list_http_servers`,
 * `deleteURLs` → `delete_urls`.
 */
export function words(text: string, separator: '_' | '-'): string {
  const split = text
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}(?!s(?!\p{Ll}))\p{Ll})/gu, '$1_$2');
  return slug(split, separator);
}

/** ASCII letters and digits in lower case, with `separator` for everything else: `GitHub’s API` → `github-s-api`. */
export function slug(text: string, separator: '_' | '-'): string {
  return fold(text)
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
    .join(separator);
}

/** The words at the start of a name with hyphens that fit, or the start of a longer word. */
export function wholeWords(name: string, most: number): string {
  if (name.length <= most) return name;
  const words = name.slice(0, most + 1).replace(/-[^-]*$/, '');
  return words.slice(0, most);
}

/** Latin letters that Unicode normalization does not decompose. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
};

/** The text with accents removed: `größe` → `grosse`, `año` → `ano`. */
export function fold(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '');
  return plain.replace(/[ßæœøđðþłı]/gi, (letter) => {
    const folded = LETTERS[letter.toLowerCase()] ?? letter;
    return letter === letter.toLowerCase() ? folded : folded.toUpperCase();
  });
}

/** Whether an ASCII name would lose letters or digits of a text, and most likely its meaning. */
export function losesLetters(text: string): boolean {
  return /(?![a-z0-9])[\p{L}\p{N}]/iu.test(fold(text));
}

/** The first characters of a SHA-256, in hex: enough to distinguish the names of one document. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** A name within the limit; a longer one is truncated and ends in a hash of the whole. */
function shorten(name: string): string {
  return name.length <= MAX_LENGTH ? name : `${name.slice(0, MAX_LENGTH - 9)}_${shortHash(name)}`;
}

function candidatesOf(
  { method, path, operationId, place }: Operation,
  chosen: string | undefined,
): string[] {
  const segments = path.split('/').filter((segment) => !losesLetters(segment));
  // `/pets/{petId}` becomes "pets by pet id", and stays distinct from `/pets/petId`.
  const spelled = words(`${method} ${segments.join('/').replace(/\{/g, ' by ')}`, '_');
  const hashed = (of: string) => `${spelled.slice(0, MAX_LENGTH - 9)}_${shortHash(of)}`;
  const id = losesLetters(operationId ?? '') ? undefined : operationId;
  // GET /getPets
  const once = spelled.replace(/^([a-z]+)_(?=\1_)/, '');
  const readable = [
    chosen,
    id && named(id, method),
    ...(losesLetters(path) ? [] : [once, spelled]),
  ];
  // Paths that look the same, but for invisible characters, differ in their place.
  const all = [...readable, hashed(`${method} ${path}`), hashed(place)];
  return all.flatMap((name) => (name === undefined || name === '' ? [] : [shorten(name)]));
}

/** Gemini refuses all tools of a server if one of their names begins with a digit. */
function named(operationId: string, method: string): string {
  const name = words(operationId, '_');
  return /^\d/.test(name) ? words(`${method} ${operationId}`, '_') : name;
}

function nameOf({ candidates, level }: Claim): string {
  return candidates[Math.min(level, candidates.length - 1)] as string;
}

// `-` and `_` count as the same letter, because both become the same file name.
function conflicts(claims: readonly Claim[]): Set<Claim> {
  const groups = groupBy(claims, (claim) => nameOf(claim).replaceAll('-', '_'));
  const rivals = [...groups.values()].filter((group) => group.length > 1).flat();
  return new Set(rivals.filter((claim) => claim.level < claim.candidates.length - 1));
}

function collision(claim: Claim): Problem {
  return {
    code: 'NAME_COLLISION',
    place: claim.operation.place,
    message: `Several operations would be named ${claim.candidates[0]}, so this one is named ${nameOf(claim)}.`,
    remedy: 'Give the operations different operationIds, or set x-mcp.name.',
  };
}
