import type { Problem } from '../../errors.js';
import type { JsonObject, Report } from '../document.js';
import { formatPointer, parsePointer, valueAt } from '../../pointer.js';
import { visitReferences } from '../walk.js';

/** Reports every `$ref` that does not resolve; what uses it cannot be used. */
export function checkReferences(document: JsonObject, report: Report): void {
  const known = new Map<string, boolean>();
  visitReferences(document, ({ $ref }, _, path) => {
    const resolves = known.get($ref) ?? isResolved(document, $ref);
    known.set($ref, resolves);
    if (!resolves) report(unresolvedReference($ref, path));
  });
}

function isResolved(document: JsonObject, reference: string): boolean {
  const path = reference.startsWith('#/') ? parsePointer(reference.slice(1)) : undefined;
  return path !== undefined && valueAt(document, path) !== undefined;
}

function unresolvedReference(reference: string, path: readonly string[]): Problem {
  return {
    code: 'UNRESOLVED_REF',
    message: `The $ref ${JSON.stringify(reference)} does not resolve.`,
    place: formatPointer(path),
    remedy:
      'Add what it refers to, or correct it; until then operations that need it are left out.',
  };
}
