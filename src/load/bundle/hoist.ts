import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../document.js';
import type { Kind } from '../grammar.js';
import { sectionOf } from './homes.js';
import { objectAt } from '../json.js';
import { formatPointer } from '../../pointer.js';
import type { Location } from './resolver.js';
import { byCodeUnit } from '../../json.js';

/** Something in another document that becomes a component. */
export interface Target {
  readonly kind: Kind;
  readonly location: Location;
  /** The location relative to the root, which does not depend on the machine. */
  readonly id: string;
  /** The name it is given if nobody else wants it. */
  readonly name: string;
  /** What the component will be. */
  value: Json;
}

/** A field that is to refer to a target. */
export interface Link {
  readonly holder: JsonObject;
  readonly field: string;
  readonly target: Target;
}

/** What a component is best called: the last part of the pointer, or else the file. */
export function wantedName(location: Location): string {
  const file = new URL(location.uri).pathname.split('/').at(-1) ?? '';
  const stem = file.replace(/(\.(schema|ya?ml|json))+$/i, '');
  return (
    (location.path.at(-1) ?? stem).replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 80) || 'component'
  );
}

/** Puts targets among the components of a document and points the links at them. */
export function hoist(
  document: JsonObject,
  targets: readonly Target[],
  links: readonly Link[],
  swagger: boolean,
): void {
  const references = new Map<Target, string>();
  const byId = targets.toSorted((a, b) => byCodeUnit(a.id, b.id));
  for (const kind of new Set(byId.map((target) => target.kind))) {
    const path = sectionOf(kind, swagger) ?? [];
    const group = byId.filter((target) => target.kind === kind);
    const section = path.reduce(objectAt, document);
    for (const [target, name] of nameAll(group, new Set(Object.keys(section)))) {
      section[name] = target.value;
      references.set(target, formatPointer([...path, name]));
    }
  }
  for (const { holder, field, target } of links)
    holder[field] = references.get(target) ?? target.id;
}

/**
 * Names that are wanted once are given; all who want the same name, or one that is taken, get a hash of their
 * location behind it. So no name depends on the order of the document.
 */
function nameAll(targets: readonly Target[], taken: Set<string>): Map<Target, string> {
  const wanted = new Map<string, number>();
  for (const { name } of targets) wanted.set(name, (wanted.get(name) ?? 0) + 1);
  const names = new Map<Target, string>();
  for (const target of targets) {
    const alone = wanted.get(target.name) === 1 && !taken.has(target.name);
    names.set(
      target,
      alone ? target.name : hashedName(target, (name) => taken.has(name) || wanted.has(name)),
    );
  }
  return names;
}

function hashedName({ name, id }: Target, isTaken: (name: string) => boolean): string {
  const hash = createHash('sha256').update(id).digest('hex');
  for (let length = 8; length < hash.length; length += 8) {
    const candidate = `${name}_${hash.slice(0, length)}`;
    if (!isTaken(candidate)) return candidate;
  }
  return `${name}_${hash}`;
}
