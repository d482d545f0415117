import type { Problem } from '../../errors.js';
import type { Json, JsonObject, Report } from '../document.js';
import { grammar, type Kind } from '../grammar.js';
import { isObject } from '../../json.js';
import { formatPointer } from '../../pointer.js';
import { childrenOf, visit } from '../walk.js';

/**
 * Takes out what is neither an object nor a list where the specification wants one, so that whoever reads the
 * document later need not ask. The document is changed.
 */
export function repairShape(document: JsonObject, report: Report): void {
  visit(document, (value, kind, path) => {
    const misfits = childrenOf(value, kind).filter(
      ([, child, childKind]) => !fits(child, childKind),
    );
    if (misfits.length === 0) return;
    for (const [key, child, childKind] of misfits) {
      if (!mend(value, key, child, childKind)) report(misfit(child, [...path, key], childKind));
    }
    if (Array.isArray(value)) keepWhere(value, (item) => fits(item, grammar[kind].list ?? kind));
  });
}

function fits(value: Json, kind: Kind): boolean {
  if (kind === 'schema')
    return isObject(value) || typeof value === 'boolean' || Array.isArray(value);
  // In 2.0 a discriminator is the name of a property.
  if (kind === 'discriminator') return isObject(value) || typeof value === 'string';
  return isList(kind) ? Array.isArray(value) : isObject(value);
}

function isList(kind: Kind): boolean {
  return grammar[kind].list !== undefined && grammar[kind].fields === undefined;
}

/** What was left empty loses nothing by being mended silently: YAML makes `null` of a key without a value. */
function mend(parent: Json, key: string, child: Json, kind: Kind): boolean {
  if (!isObject(parent)) return false;
  if (child === null && kind === 'schema') {
    parent[key] = {};
    return true;
  }
  Reflect.deleteProperty(parent, key);
  return child === null && kind !== 'operation' && kind !== 'pathItem';
}

function keepWhere(list: Json[], isKept: (item: Json) => boolean): void {
  const kept = list.filter(isKept);
  list.splice(0, list.length, ...kept);
}

function misfit(value: Json, path: readonly string[], kind: Kind): Problem {
  const found = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  const wanted = isList(kind) ? 'a list' : 'an object';
  return {
    code: 'INVALID_VALUE',
    message: `There is ${found.replace('a object', 'an object')} where ${wanted} belongs; it is left out.`,
    place: formatPointer(path),
    remedy: 'Correct or remove it.',
  };
}
