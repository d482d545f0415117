import type { Json, JsonObject } from '../api.js';
import { bounds, kindOf, listOf, wantedTypes, type Rule, type Taken } from './keywords.js';

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
  readonly taken: Taken;
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
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** `body.items[3].price`; names that are not plain words in quotes. */
export function pathOf(keys: readonly Key[]): string {
  if (keys.length === 0) return 'The argument object';
  const path = keys.map((key, index) => {
    if (typeof key === 'number') return `[${key}]`;
    if (!/^[\w$-]{1,64}$/.test(key)) return `[${JSON.stringify(key.slice(0, 64))}]`;
    return index === 0 ? key : `.${key}`;
  });
  return path.length > 12
    ? `${path.slice(0, 4).join('')}…${path.slice(-6).join('')}`
    : path.join('');
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
  const inner = texts.join('; ').slice(0, 300);
  const text = texts.length === 0 ? 'matches no branch' : `matches no branch (nearest: ${inner})`;
  const rule: Rule = [schema, 'branches'];
  return { path, text, keyword: 'branches', schema, rule, nearest: inner || `${path} ${text}` };
}
