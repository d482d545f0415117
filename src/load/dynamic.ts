import { createHash } from 'node:crypto';
import { byCodeUnit, isObject, type Json, type JsonObject } from '../json.js';
import { formatPointer, parsePointer, targetOf } from '../pointer.js';
import type { Report } from './document.js';
import { eachChild, isReference, visit } from './walk.js';
import { clone } from './written.js';

// JSON Schema 2020-12 section 8.2.3.2: of the schemas around, as they were entered through references, the outermost one
// that has a `$dynamicAnchor` of the name says what a `$dynamicRef` means. A template (a page of anything) is so filled in
// by the schema that refers to it. Here each such use gets a copy of the template with plain references.

/** Anchors by name, with the pointers that they mean. */
type Scope = ReadonlyMap<string, string>;

interface Run {
  readonly document: JsonObject;
  /** As it was, for copies. */
  readonly original: JsonObject;
  readonly report: Report;
  /** The names that a schema leads to, by its pointer. */
  readonly wanted: Map<string, ReadonlySet<string>>;
  /** Copies by what they are made of. */
  readonly copies: Map<string, string>;
  /** Components that were gone over. */
  readonly done: Set<string>;
  /** How many anchors have a name. */
  readonly anchors: ReadonlyMap<string, number>;
  /** Pointers of outermost schemas that are no components. */
  readonly tops: ReadonlySet<string>;
  /** Schemas that were looked at for the names they lead to. */
  looked: number;
}

// Beyond these, references mean what they mean where they are: only documents that are made for it come so far.
const maxCopies = 1000;
const maxLooked = 1_000_000;

/** Makes plain references of those that depend on where a schema is used. The document is changed and returned. */
export function settleDynamic(document: Json, report: Report): Json {
  const anchors = countAnchors(document);
  if (!isObject(document) || anchors === undefined) return document;
  const original = clone(document) as JsonObject;
  const maps = { wanted: new Map(), copies: new Map(), done: new Set<string>(), anchors };
  const run: Run = { document, original, report, ...maps, tops: topsOf(document), looked: 0 };
  // Components are entered where something refers to them.
  for (const top of run.tops) enter(top, run);
  visit(document, (value, kind) => {
    if (kind === 'schema' && isObject(value)) Reflect.deleteProperty(value, '$dynamicRef');
  });
  return document;
}

/** Nothing where no reference is dynamic, as in nearly all documents. */
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

/** The schemas of operations, and of what these share. */
function topsOf(document: JsonObject): Set<string> {
  const tops = new Set<string>();
  let last = '';
  visit(document, (_, kind, path) => {
    if (kind !== 'schema' || (path[0] === 'components' && path[1] === 'schemas')) return;
    const pointer = formatPointer(path);
    if (last !== '' && pointer.startsWith(`${last}/`)) return;
    last = pointer;
    tops.add(pointer);
  });
  return tops;
}

/** Goes over the schema behind a pointer as one that nothing is around. */
function enter(pointer: string, run: Run): void {
  if (run.done.has(pointer)) return;
  run.done.add(pointer);
  const schema = targetOf(run.document, pointer);
  if (schema !== undefined) settle(schema, pointer, anchorsAround(pointer, run), run);
}

function settle(schema: Json, pointer: string, around: Scope, run: Run): void {
  const scope = hasId(schema) ? joined(around, anchorsIn(schema, pointer)) : around;
  if (isReference(schema)) settleReference(schema, pointer, scope, run);
  eachChild(schema, 'schema', (child, kind, key) => {
    const inner = `${pointer}/${formatPointer([key]).slice(2)}`;
    if (kind === 'schema') settle(child, inner, scope, run);
    else
      eachChild(child, kind, (part, partKind, name) => {
        if (partKind === 'schema')
          settle(part, `${inner}/${formatPointer([name]).slice(2)}`, scope, run);
      });
  });
}

function settleReference(
  schema: JsonObject & { $ref: string },
  pointer: string,
  scope: Scope,
  run: Run,
): void {
  const name = dynamicName(schema);
  Reflect.deleteProperty(schema, '$dynamicRef');
  const target = targetOf(run.original, schema.$ref);
  // One that leads to a schema without such an anchor is a plain one.
  const isDynamic = name !== undefined && (target === undefined || hasAnchor(target, name));
  const meant = isDynamic ? scope.get(name) : undefined;
  const isOpen = isDynamic && meant === undefined && (run.anchors.get(name) ?? 0) > 1;
  if (isOpen) open(schema, pointer, name, run);
  else schema.$ref = specialize(meant ?? schema.$ref, scope, run);
}

/** Which of several it means, only a schema around it can say, and none does. */
function open(schema: JsonObject, pointer: string, name: string, { report }: Run): void {
  Reflect.deleteProperty(schema, '$ref');
  report({
    code: 'UNRESOLVED_REF',
    message: `The $dynamicRef "#${name}" may mean several schemas, and none around it decides.`,
    place: pointer,
    remedy: 'Refer to the schema itself with $ref; until then any value is taken there.',
  });
}

/** The schema behind a pointer as it is in a scope: itself, or a copy where the scope changes what it means. */
function specialize(pointer: string, around: Scope, run: Run): string {
  const wanted = around.size === 0 ? new Set<string>() : wantedBy(pointer, run);
  const scope = new Map([...around].filter(([name]) => wanted.has(name)));
  const isOwn = [...scope].every(
    ([name, meant]) => anchorsAround(pointer, run).get(name) === meant,
  );
  if (isOwn) {
    enter(pointer, run);
    return pointer;
  }
  const key = JSON.stringify([pointer, ...[...scope].sort(([a], [b]) => byCodeUnit(a, b))]);
  return run.copies.get(key) ?? copy(pointer, key, scope, run);
}

function copy(pointer: string, key: string, scope: Scope, run: Run): string {
  const schemas = targetOf(run.document, '#/components/schemas');
  const source = targetOf(run.original, pointer);
  if (run.copies.size >= maxCopies || !isObject(schemas) || source === undefined) return pointer;
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 8);
  const name = `${parsePointer(pointer.slice(1))?.at(-1) ?? ''}_${hash}`;
  const made = clone(source);
  schemas[name] = made;
  const home = formatPointer(['components', 'schemas', name]);
  run.copies.set(key, home);
  run.done.add(home);
  settle(made, pointer, joined(scope, anchorsAround(pointer, run)), run);
  return home;
}

/** The anchors of the schema resource that a pointer leads into: of the nearest `$id`, or of the outermost schema. */
function anchorsAround(pointer: string, run: Run): Scope {
  const path = parsePointer(pointer.slice(1)) ?? [];
  const { original } = run;
  let start = startOf(path, run);
  for (let length = path.length; length > start; length -= 1)
    if (hasId(targetOf(original, formatPointer(path.slice(0, length))))) start = length;
  const resource = formatPointer(path.slice(0, start));
  return anchorsIn(targetOf(original, resource) ?? null, resource);
}

/** How much of a path leads to the outermost schema on it. */
function startOf(path: readonly string[], { tops }: Run): number {
  if (path[0] === 'components' && path[1] === 'schemas') return 3;
  const start = path.findIndex((_, index) => tops.has(formatPointer(path.slice(0, index))));
  return start < 0 ? path.length : start;
}

/** The anchors of one resource; schemas in it with an `$id` are others. */
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

/** The names of dynamic references that a schema leads to, by whatever references. */
function wantedBy(pointer: string, run: Run): ReadonlySet<string> {
  const known = run.wanted.get(pointer);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const seen = new Set<string>();
  const queue = [pointer];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next) || run.looked > maxLooked) continue;
    seen.add(next);
    visit(
      targetOf(run.original, next) ?? null,
      (value, kind) => {
        run.looked += 1;
        if (kind !== 'schema' || !isReference(value)) return;
        const name = dynamicName(value);
        if (name !== undefined) names.add(name);
        queue.push(value.$ref);
      },
      'schema',
    );
  }
  run.wanted.set(pointer, names);
  return names;
}

/** The outer scope counts for more. */
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
