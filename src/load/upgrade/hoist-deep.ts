import type { JsonObject } from '../document.js';
import { objectAt } from '../bundle/components.js';
import { byCodeUnit, childOf, isObject, setChild } from '../../json.js';
import { sectionsOf, type Kind } from '../grammar.js';
import { formatPointer, parsePointer, valueAt } from '../../pointer.js';
import { visitReferences } from '../walk.js';

const sections = sectionsOf('2.0');

/**
 * Some bundlers write references into the middle of an operation of a 2.0 document, and an upgrade moves the place they
 * point to. Their targets therefore become components first. The document is changed.
 */
export function hoistDeepReferences(document: JsonObject): void {
  const kinds = new Map<string, Kind>();
  visitReferences(document, ({ $ref }, kind) => {
    if (isDeep($ref)) kinds.set($ref, kind);
  });
  // The deepest first, so that a place is still where its reference points.
  const references = [...kinds.keys()].sort((a, b) => depth(b) - depth(a) || byCodeUnit(a, b));
  const names = new Map<string, string>();
  for (const reference of references) {
    const name = hoistOne(document, reference, kinds.get(reference) ?? 'schema');
    if (name !== undefined) names.set(reference, name);
  }
  visitReferences(document, (value) => {
    value.$ref = names.get(value.$ref) ?? value.$ref;
  });
}

/** Inside definitions and components nothing moves; parameters and responses are safe as a whole. */
function isDeep(reference: string): boolean {
  const [section = '', ...rest] = pathOf(reference);
  if (['definitions', 'components'].includes(section) || rest.length === 0) return false;
  return !(
    ['parameters', 'responses', 'securityDefinitions'].includes(section) && rest.length === 1
  );
}

function pathOf(reference: string): string[] {
  return (reference.startsWith('#/') && parsePointer(reference.slice(1))) || [];
}

function depth(reference: string): number {
  return pathOf(reference).length;
}

function hoistOne(document: JsonObject, reference: string, kind: Kind): string | undefined {
  const path = pathOf(reference);
  const target = valueAt(document, path);
  const parent = valueAt(document, path.slice(0, -1));
  const section = sections(kind);
  if (!isObject(target) || !section) return undefined;
  const components = section.reduce(objectAt, document);
  const name = freeName(components, path);
  components[name] = target;
  const result = formatPointer([...section, name]);
  setChild(parent ?? null, path.at(-1) ?? '', { $ref: result });
  return result;
}

function freeName(components: JsonObject, path: readonly string[]): string {
  let name = path.join('_').replace(/[^A-Za-z0-9._-]+/g, '_');
  while (childOf(components, name) !== undefined) name += '_';
  return name;
}
