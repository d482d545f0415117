import { createHash } from 'node:crypto';
import { byCodeUnit, isObject, type Json, type JsonObject } from '../json.js';
import { formatPointer, parsePointer, targetOf } from '../pointer.js';
import type { Report } from './document.js';
import { eachChild, isReference, visit } from './walk.js';
import { clone } from './written.js';

// JSON Schema 2020-12 section 8.2.3.2: a `$dynamicRef` refers to the outermost schema with that `$dynamicAnchor`, among
// the schemas entered through references. The schema that refers to a template (a page of anything) fills it in that
// way. Here each such use gets a copy of the template with plain references.

/** Anchors by name, with the pointers that they refer to. */
type Scope = ReadonlyMap<string, string>;

interface Settling {
  readonly document: JsonObject;
  /** The unchanged document, for copies. */
  readonly original: JsonObject;
  readonly report: Report;
  /** The names of dynamic references that a schema leads to, by its pointer. */
  readonly wanted: Map<string, ReadonlySet<string>>;
  /** Copies, by their pointer and scope. */
  readonly copies: Map<string, string>;
  /** Components already processed. */
  readonly done: Set<string>;
  /** The number of anchors with each name. */
  readonly anchors: ReadonlyMap<string, number>;
  /** Pointers of outermost schemas that are not components. */
  readonly tops: ReadonlySet<string>;
  /** Schemas searched for the names they lead to. */
  looked: number;
}

// Beyond these, dynamic references are read as static ones; only hostile documents get that far.
const maxCopies = 1000;
const maxLooked = 1_000_000;

/** Turns references that depend on where a schema is used into plain ones. The document is changed and returned. */
export function settleDynamic(document: Json, report: Report): Json {
  const anchors = countAnchors(document);
  if (!isObject(document) || anchors === undefined) return document;
  const original = clone(document) as JsonObject;
  const maps = { wanted: new Map(), copies: new Map(), done: new Set<string>(), anchors };
  const settling: Settling = {
    document,
    original,
    report,
    ...maps,
    tops: topsOf(document),
    looked: 0,
  };
  // Components are entered where they are referred to.
  for (const top of settling.tops) enter(top, settling);
  visit(document, (value, kind) => {
    if (kind === 'schema' && isObject(value)) Reflect.deleteProperty(value, '$dynamicRef');
  });
  return document;
}

/** Undefined where no reference is dynamic, as in nearly all documents. */
function countAnchors(document: Json): Map<string, number> | undefined {
  const anchors = new Map<string, number>();
  const dynamic = new Set<string>();
  visit(document, (value, kind) => {
    if (kind !== 'schema' || !isObject(value)) return;
    const [wanted, name] = [dynamicName(value), value['$dynamicAnchor']];
    if (wanted !== undefined) dynamic.add(wanted);
    if (typeof name === 'string') anchors.set(name, (anchors.get(name) ?? 0) + 1);
  });
  return dynamic.size > 0 ? anchors : undefined;
}

/** The schemas of operations, and of the components that operations share. */
function topsOf(document: JsonObject): Set<string> {
  const tops = new Set<string>();
  let last = '';
  visit(document, (_, kind, path) => {
    if (kind !== 'schema' || (path[0] === 'components' && path[1] === 'schemas')) return;
    const pointer = formatPointer(path);
    if (pointer.startsWith(`${last}/`)) return;
    last = pointer;
    tops.add(pointer);
  });
  return tops;
}

/** Processes the schema behind a pointer as an outermost one. */
function enter(pointer: string, settling: Settling): void {
  if (settling.done.has(pointer)) return;
  settling.done.add(pointer);
  const schema = targetOf(settling.document, pointer);
  if (schema !== undefined) settle(schema, pointer, anchorsAround(pointer, settling), settling);
}

function settle(schema: Json, pointer: string, around: Scope, settling: Settling): void {
  const scope = hasId(schema) ? joined(around, anchorsIn(schema, pointer)) : around;
  if (isReference(schema)) settleReference(schema, pointer, scope, settling);
  eachChild(schema, 'schema', (child, kind, key) => {
    const inner = `${pointer}/${formatPointer([key]).slice(2)}`;
    if (kind === 'schema') settle(child, inner, scope, settling);
    else
      eachChild(child, kind, (part, partKind, name) => {
        if (partKind === 'schema')
          settle(part, `${inner}/${formatPointer([name]).slice(2)}`, scope, settling);
      });
  });
}

function settleReference(
  schema: JsonObject & { $ref: string },
  pointer: string,
  scope: Scope,
  settling: Settling,
): void {
  const name = dynamicName(schema);
  Reflect.deleteProperty(schema, '$dynamicRef');
  const target = targetOf(settling.original, schema.$ref);
  // One that leads to a schema without such an anchor is a plain reference.
  const isDynamic = name !== undefined && (target === undefined || hasAnchor(target, name));
  const meant = isDynamic ? scope.get(name) : undefined;
  const isOpen = isDynamic && meant === undefined && (settling.anchors.get(name) ?? 0) > 1;
  if (isOpen) open(schema, pointer, name, settling);
  else schema.$ref = specialize(meant ?? schema.$ref, scope, settling);
}

/** Only a schema around the reference can decide between several targets, and none does. */
function open(schema: JsonObject, pointer: string, name: string, { report }: Settling): void {
  Reflect.deleteProperty(schema, '$ref');
  report({
    code: 'UNRESOLVED_REF',
    message: `The $dynamicRef "#${name}" is ambiguous: several schemas have that anchor, and no schema around it decides.`,
    place: pointer,
    remedy: 'Refer to the schema itself with $ref. Until then, any value is accepted there.',
  });
}

/** The pointer of the schema in a scope: the schema itself, or a copy where the scope changes its references. */
function specialize(pointer: string, around: Scope, settling: Settling): string {
  const wanted = around.size === 0 ? new Set<string>() : wantedBy(pointer, settling);
  const scope = new Map([...around].filter(([name]) => wanted.has(name)));
  const isOwn = [...scope].every(
    ([name, meant]) => anchorsAround(pointer, settling).get(name) === meant,
  );
  if (isOwn) {
    enter(pointer, settling);
    return pointer;
  }
  const key = JSON.stringify([pointer, ...[...scope].sort(([a], [b]) => byCodeUnit(a, b))]);
  return settling.copies.get(key) ?? copy(pointer, key, scope, settling);
}

function copy(pointer: string, key: string, scope: Scope, settling: Settling): string {
  const schemas = targetOf(settling.document, '#/components/schemas');
  const source = targetOf(settling.original, pointer);
  if (settling.copies.size >= maxCopies || !isObject(schemas) || source === undefined)
    return pointer;
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 8);
  const name = `${parsePointer(pointer.slice(1))?.at(-1) ?? ''}_${hash}`;
  const made = clone(source);
  schemas[name] = made;
  const home = formatPointer(['components', 'schemas', name]);
  settling.copies.set(key, home);
  settling.done.add(home);
  settle(made, pointer, joined(scope, anchorsAround(pointer, settling)), settling);
  return home;
}

/** The anchors of the schema resource that a pointer leads into: that of the nearest `$id`, or the outermost schema. */
function anchorsAround(pointer: string, settling: Settling): Scope {
  const path = parsePointer(pointer.slice(1)) ?? [];
  const { original } = settling;
  let start = startOf(path, settling);
  for (let length = path.length; length > start; length -= 1)
    if (hasId(targetOf(original, formatPointer(path.slice(0, length))))) start = length;
  const resource = formatPointer(path.slice(0, start));
  return anchorsIn(targetOf(original, resource) ?? null, resource);
}

/** Length of the part of a path that leads to the outermost schema. */
function startOf(path: readonly string[], { tops }: Settling): number {
  if (path[0] === 'components' && path[1] === 'schemas') return 3;
  const start = path.findIndex((_, index) => tops.has(formatPointer(path.slice(0, index))));
  return start < 0 ? path.length : start;
}

/** The anchors of one resource; a schema in it with an `$id` is a separate resource. */
function anchorsIn(resource: Json, pointer: string): Scope {
  const found = new Map<string, string>();
  const base = parsePointer(pointer.slice(1)) ?? [];
  const inner: string[] = [];
  visit(
    resource,
    (value, kind, path) => {
      const at = path.join('\n');
      if (kind !== 'schema' || !isObject(value) || inner.some((id) => at.startsWith(`${id}\n`)))
        return;
      if (path.length > 0 && hasId(value)) inner.push(at);
      const name = value['$dynamicAnchor'];
      const isOwn = typeof name === 'string' && !inner.includes(at);
      if (isOwn && !found.has(name)) found.set(name, formatPointer([...base, ...path]));
    },
    'schema',
  );
  return found;
}

/** The names of dynamic references that a schema leads to, through any references. */
function wantedBy(pointer: string, settling: Settling): ReadonlySet<string> {
  const known = settling.wanted.get(pointer);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const seen = new Set<string>();
  const queue = [pointer];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next) || settling.looked > maxLooked) continue;
    seen.add(next);
    visit(
      targetOf(settling.original, next) ?? null,
      (value, kind) => {
        settling.looked += 1;
        if (kind !== 'schema' || !isReference(value)) return;
        const name = dynamicName(value);
        if (name !== undefined) names.add(name);
        queue.push(value.$ref);
      },
      'schema',
    );
  }
  settling.wanted.set(pointer, names);
  return names;
}

/** The outer scope takes precedence. */
function joined(outer: Scope, inner: Scope): Scope {
  return new Map([...inner, ...outer]);
}

function dynamicName(schema: JsonObject): string | undefined {
  const reference = schema['$dynamicRef'];
  return typeof reference === 'string' ? (/#([^/]+)$/.exec(reference) ?? [])[1] : undefined;
}

function hasAnchor(schema: Json | undefined, name: string): boolean {
  return isObject(schema) && schema['$dynamicAnchor'] === name;
}

function hasId(schema: Json | undefined): boolean {
  const id = isObject(schema) ? schema['$id'] : undefined;
  return typeof id === 'string' && !id.startsWith('#');
}
