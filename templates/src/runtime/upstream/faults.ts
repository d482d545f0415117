import { canonical, isObject, membersOf, own, type Json, type JsonObject } from '../api.js';
import { familyOf } from '../limits.js';
import { quoted, truncate, wholeCharacters } from '../text.js';
import { bounds, follow, kindOf, listOf, wantedTypes } from './keywords.js';
import type { Rule, Verdict } from './keywords.js';

/** A member's name or an item's index. */
export type Key = string | number;

/** A violation of one keyword of a schema. */
export interface Fault {
  readonly path: string;
  readonly text: string;
  readonly keyword: string;
  readonly schema: JsonObject;
  readonly rule: Rule;
  /** The faults of the branch that comes nearest. */
  readonly nearest?: string;
}

/** The result for a part of the value at one schema; without faults if they were not requested. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly faults: readonly Fault[] | undefined;
}

type Outcomes = Map<Json | undefined, Outcome>;

/** The results for arrays and objects at each schema, since several branches may read the same ones. */
export class Memory {
  readonly #all = { strict: new Map<Json, Outcomes>(), lenient: new Map<Json, Outcomes>() };

  of(value: Json, strict: boolean): Outcomes {
    const all = this.#all[strict ? 'strict' : 'lenient'];
    const own: Outcomes = all.get(value) ?? new Map<Json | undefined, Outcome>();
    all.set(value, own);
    return own;
  }
}

/** The fault of a value, as the end of a sentence that begins with its path. Never repeats the value. */
export function faultText(value: Json, schema: JsonObject, keyword: string): string {
  const limit = schema[keyword] ?? null;
  if (keyword === 'type')
    return `must be ${namesOf(wantedTypes(schema))}, not ${nameOf(value, schema)}`;
  if (keyword === 'enum') return `must be one of ${listed(listOf(limit))}`;
  if (keyword === 'const') return `must be ${brief(limit)}`;
  const bound = Object.values(bounds)
    .flat()
    .find(([name]) => name === keyword);
  if (keyword === 'oneOf') return `seems to match ${brief(limit)} branches instead of one`;
  if (bound === undefined) return 'must be left out';
  const [, , phrase, unit] = bound;
  const plural = unit === undefined ? '' : ` ${unit}${limit === 1 ? '' : 's'}`;
  return `must ${phrase} ${brief(limit)}${plural}`;
}

const names: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'an integer',
  boolean: 'a boolean',
  object: 'an object',
  array: 'an array',
  null: 'null',
};

function nameOf(value: Json, schema: JsonObject): string {
  const isFraction = typeof value === 'number' && wantedTypes(schema)?.includes('integer') === true;
  return isFraction ? 'a fraction' : (names[kindOf(value)] ?? '');
}

function namesOf(types: readonly string[] = []): string {
  const all = types.map((type) => names[type] ?? type);
  const last = all.pop() ?? '';
  return all.length === 0 ? last : `${all.join(', ')} or ${last}`;
}

function listed(values: readonly Json[]): string {
  const shown = values.slice(0, 20).map(brief).join(', ');
  return values.length > 20 ? `${shown} and ${values.length - 20} more` : shown;
}

function brief(value: Json): string {
  return truncate(JSON.stringify(value), 60);
}

/** `body.items[3].price`; names that are not plain words in quotes. */
export function pathOf(keys: readonly Key[]): string {
  if (keys.length === 0) return 'The argument object';
  const path = keys.map((key, index) => {
    if (typeof key === 'number') return `[${key}]`;
    if (!/^[\w$-]{1,64}$/.test(key)) return `[${quoted(key)}]`;
    return index === 0 ? key : `.${key}`;
  });
  return path.length > 12
    ? `${path.slice(0, 4).join('')}…${path.slice(-6).join('')}`
    : path.join('');
}

/** Parts of a schema that are looked at for a member. */
const MAX_PARTS = 100;

/** The members that a schema describes by name; `isMap`: others have a schema as well. */
interface Described {
  readonly names: ReadonlySet<string>;
  readonly isMap: boolean;
}

// One result for each schema of a tool.
const described = new WeakMap<JsonObject, Described>();

function describedBy(schema: JsonObject, root: JsonObject): Described {
  const parts = new Set<Json | undefined>([schema]);
  const names = new Set<string>();
  let isMap = false;
  // Iterating a set includes elements added on the way, each once.
  for (const part of parts) {
    if (!isObject(part) || parts.size > MAX_PARTS) continue;
    const { $ref, allOf, anyOf, oneOf } = part;
    for (const name of Object.keys(membersOf(part['properties']))) names.add(name);
    isMap ||= isObject(part['additionalProperties']);
    for (const next of [follow($ref, root), ...[allOf, anyOf, oneOf].flatMap(listOf)])
      parts.add(next);
  }
  const result = { names, isMap };
  described.set(schema, result);
  return result;
}

export function hasMember(schema: Json | undefined, name: string, root: JsonObject): boolean {
  if (!isObject(schema)) return false;
  return (described.get(schema) ?? describedBy(schema, root)).names.has(name);
}

/** Members of an object by which its branch is found. */
const MAX_TELLING = 50;

/** The branches that describe the most members of an object; a map describes as many as the best of the others. */
export function closest(value: Json, branches: Json[], root: JsonObject): Json[] {
  if (!isObject(value)) return branches;
  const given = Object.keys(value).slice(0, MAX_TELLING);
  const all = branches.map((branch) => {
    if (!isObject(branch)) return { named: 0, isMap: false };
    const { names, isMap } = described.get(branch) ?? describedBy(branch, root);
    return { named: given.filter((name) => names.has(name)).length, isMap };
  });
  const least = given.length === 0 ? 0 : 0.5;
  const most = Math.max(...all.map(({ named, isMap }) => (isMap ? least : named)));
  const near = branches.filter(
    (_, index) => all[index]?.isMap === true || all[index]?.named === most,
  );
  return near.length === branches.length ? branches : near;
}

/** Why no branch of a schema accepts a value: its type, or the faults at the closest one of the `tries`. */
export function faultsOfBranches(
  value: Json,
  path: string,
  schema: JsonObject,
  tries: readonly (readonly Fault[])[],
): readonly Fault[] {
  const others = tries.filter(([first]) => first?.keyword !== 'type' || first.path !== path);
  const [nearest = []] = others.toSorted((a, b) => distance(a) - distance(b));
  if (others.length === 1) return nearest;
  if (others.length > 0) return [noBranch(path, schema, nearest)];
  const type = [...new Set(tries.flat().flatMap((fault) => wantedTypes(fault.schema) ?? []))];
  const text = faultText(value, { type }, 'type');
  return [{ path, text, keyword: 'type', schema: { type }, rule: [schema, 'branches'] }];
}

/** How far a branch is from accepting a value. Constants and enums weigh more: they identify the intended branch. */
function distance(faults: readonly Fault[]): number {
  return faults.reduce((sum, { keyword }) => sum + (/^(const|enum)$/.test(keyword) ? 5 : 1), 0);
}

/** The fault of a value that no branch accepts; of nested branches, the innermost one is named. */
function noBranch(path: string, schema: JsonObject, nearest: readonly Fault[]): Fault {
  const texts = nearest.slice(0, 2).map((fault) => fault.nearest ?? `${fault.path} ${fault.text}`);
  const inner = wholeCharacters(texts.join('; ').slice(0, 300));
  const text = texts.length === 0 ? 'matches no branch' : `matches no branch (nearest: ${inner})`;
  const rule: Rule = [schema, 'branches'];
  return { path, text, keyword: 'branches', schema, rule, nearest: inner || `${path} ${text}` };
}

/** Total characters of the list items that are compared with each other. */
const MAX_COMPARED = 1_000_000;
/** Longer strings are not checked: no format applies to them. */
const MAX_TEXT = 2048;

/** Finds differences that are not refused, except patterns. */
export function createRemark() {
  let left = MAX_COMPARED;
  const hasDuplicates = (items: readonly Json[]): boolean => {
    const seen = new Set<string>();
    for (const item of items) {
      if (left < 0) return false;
      const text = canonical(item);
      left -= text.length;
      if (seen.has(text)) return true;
      seen.add(text);
    }
    return false;
  };
  return (value: Json, schema: JsonObject, shared: boolean): string[] => {
    if (isObject(value)) return shared ? [] : unknownMembers(value, schema);
    if (Array.isArray(value))
      return schema['uniqueItems'] === true && hasDuplicates(value) ? ['has an item twice'] : [];
    return formatFault(value, schema['format']);
  };
}

/** The format that a value does not have; values of other types are judged by their type alone. */
function formatFault(value: Json, format: Json | undefined): string[] {
  if (typeof value === 'number' && format === 'int32')
    return value === (value | 0) ? [] : ['is not a 32-bit integer'];
  if (typeof value !== 'string' || value.length > MAX_TEXT || typeof format !== 'string') return [];
  const [name, fits] = own(FORMATS, format) ?? [];
  return fits === undefined || fits(value) ? [] : [`is not ${name}`];
}

/** Unknown members of a closed object. */
function unknownMembers(value: JsonObject, schema: JsonObject): string[] {
  const { properties, patternProperties, additionalProperties, unevaluatedProperties } = schema;
  const isClosed = additionalProperties === false || unevaluatedProperties === false;
  if (!isClosed || !isObject(properties) || patternProperties !== undefined) return [];
  const names = Object.keys(value).filter((name) => !Object.hasOwn(properties, name));
  return names.slice(0, 3).map((name) => `has the unknown member ${quoted(name)}`);
}

type Format = readonly [name: string, fits: (text: string) => boolean];

/** The formats of strings that are checked. Each expression takes linear time: no text can match it in two ways. */
const FORMATS: Readonly<Record<string, Format>> = {
  date: ['a date', isDate],
  time: ['a time', isTime],
  'date-time': [
    'a date-time',
    (text) => /^.{10}[t ]/i.test(text) && isDate(text.slice(0, 10)) && isTime(text.slice(11)),
  ],
  email: ['an email address', (text) => /^[^\s@]+@[^\s@]+$/.test(text)],
  uri: ['a URI', (text) => /^[a-z][a-z\d+.-]*:\S*$/i.test(text)],
  url: ['a URL', (text) => /^[a-z][a-z\d+.-]*:\S*$/i.test(text)],
  uuid: ['a UUID', (text) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)],
  ipv4: ['an IPv4 address', (text) => familyOf(text) === 4],
  ipv6: ['an IPv6 address', (text) => familyOf(text) === 6],
  hostname: ['a hostname', isHostname],
};

/** RFC 3339 section 5.6; the day must exist. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isTime(text: string): boolean {
  return /^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:z|[+-]\d\d:\d\d)$/i.test(text);
}

/** RFC 1123 section 2.1. */
function isHostname(text: string): boolean {
  const isLabel = (label: string) => /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i.test(label);
  return text.length < 254 && text.split('.').every(isLabel);
}
