import type { Json, JsonObject } from '../../json.js';
import type { Finding } from '../change.js';
import { find, showAll } from '../show.js';
import type { Pair } from './pair.js';

const ALL = ['null', 'boolean', 'object', 'array', 'string', 'number', 'integer'];

/** Whether a schema accepts values of a type, according to `type`, `const` and `enum`. */
export function admits(schema: JsonObject, type: string): boolean {
  return typesOf(schema).has(type);
}

/** The listed values of a schema; undefined when there is no list. */
export function valuesOf(schema: JsonObject): readonly Json[] | undefined {
  const { const: constant, enum: listed } = schema;
  if (constant === undefined) return Array.isArray(listed) ? listed : undefined;
  const isListed = !Array.isArray(listed) || without([constant], listed).length === 0;
  return isListed ? [constant] : [];
}

/** The name of a value's type in `type`. */
function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** Changes of the types. `TYPE_CHANGED`: none of the old types is left, so nothing else counts. */
export function compareTypes({ before, after, place }: Pair): Finding[] {
  if (!comparesTypes(before, after)) return [];
  const [had, has] = [typesOf(before), typesOf(after)];
  const lost = [...had].filter((type) => !has.has(type));
  const gained = [...has].filter((type) => !had.has(type));
  const texts = { before: showTypes(before, had), after: showTypes(after, has) };
  const now = `now accepts ${texts.after} instead of ${texts.before}`;
  const real = [...had].filter((type) => type !== 'null');
  if (real.length > 0 && real.every((type) => lost.includes(type)))
    return [find('TYPE_CHANGED', place, now, texts)];
  const [lostNull, gainedNull] = [lost.includes('null'), gained.includes('null')];
  return [
    ...(lostNull ? [find('NULL_REFUSED', place, 'can no longer be null', texts)] : []),
    ...(lost.length > Number(lostNull) ? [find('TYPE_NARROWED', place, now, texts)] : []),
    ...(gainedNull ? [find('NULL_ACCEPTED', place, 'can now be null', texts)] : []),
    ...(gained.length > Number(gainedNull) && lost.length === Number(lostNull)
      ? [find('TYPE_WIDENED', place, now, texts)]
      : []),
  ];
}

/** Changes of the listed values. Values that a change of types adds or removes are reported there. */
export function compareValues({ before, after, place }: Pair): Finding[] {
  const [had, has] = [valuesOf(before), valuesOf(after)];
  const texts = {
    ...(had !== undefined && { before: showAll(had) }),
    ...(has !== undefined && { after: showAll(has) }),
  };
  const changed = (code: Finding['code'], message: string) => [find(code, place, message, texts)];
  if (had === undefined && has === undefined) return [];
  if (has === undefined)
    return changed('VALUES_OPENED', 'now accepts values other than the listed ones');
  if (had === undefined) return changed('VALUES_RESTRICTED', `now accepts only ${showAll(has)}`);
  const isReported = (value: Json, schema: JsonObject) =>
    comparesTypes(before, after) && !admits(schema, typeOf(value));
  const lost = without(had, has).filter((value) => !isReported(value, after));
  const gained = without(has, had).filter((value) => !isReported(value, before));
  if (lost.length > 0) return changed('VALUES_REMOVED', `no longer accepts ${showAll(lost)}`);
  return gained.length > 0 ? changed('VALUES_ADDED', `also accepts ${showAll(gained)}`) : [];
}

/** Each listed value has its own type, so that none needs to be declared. */
function comparesTypes(before: JsonObject, after: JsonObject): boolean {
  return before['type'] !== undefined || after['type'] !== undefined;
}

function without(values: readonly Json[], others: readonly Json[]): Json[] {
  const known = new Set(others.map((value) => JSON.stringify(value)));
  return values.filter((value) => !known.has(JSON.stringify(value)));
}

/** Every integer is a number. */
function typesOf(schema: JsonObject): ReadonlySet<string> {
  const { type } = schema;
  const listed = valuesOf(schema)?.map(typeOf);
  const declared = type === undefined ? (listed ?? ALL) : [type].flat();
  const types = declared.filter((name) => typeof name === 'string');
  return new Set(types.includes('number') ? [...types, 'integer'] : types);
}

function showTypes(schema: JsonObject, types: ReadonlySet<string>): string {
  if (schema['type'] === undefined && valuesOf(schema) === undefined) return 'any type';
  const shown = [...types].filter((type) => type !== 'integer' || !types.has('number'));
  return shown.join(' or ');
}
