import type { JsonSchema } from '../../../templates/src/runtime/api.js';
import { wholeCharacters } from '../../../templates/src/runtime/text.js';
import { array, isObject, object, text } from '../../json.js';
import type { Json, JsonObject } from '../../load/document.js';
import { refOf, resolve } from '../../pointer.js';

/** Bytes of one schema in a listing, and the initial depth to which objects are described. */
const LONGEST = 4096;
const DEEPEST = 6;
/** Maximum characters of member names, plus parts of `allOf`, in one schema; each counts as often as it is reached. */
const MOST_NAMES = 4 * LONGEST;

type OutputSchema = JsonSchema & { readonly type: 'object' };

/**
 * The schema of an operation's responses, loose enough that a real response cannot violate it: nothing is required or
 * closed, everything may be null, and enums are dropped. Hosts reject a call whose response does not conform. A root
 * that is not an object becomes the member `result` of one.
 */
export function outputSchema(root: JsonObject, answer: Json | undefined): OutputSchema | undefined {
  if (answer === undefined) return undefined;
  for (let depth = DEEPEST; depth > 0; depth -= 1) {
    const loosening = new Loosening(root, depth);
    const schema = loosening.schema(answer);
    if (!loosening.isTooLong && JSON.stringify(schema).length <= LONGEST) return schema;
  }
  return { type: 'object' };
}

class Loosening {
  readonly #root: JsonObject;
  readonly #deepest: number;
  /** References being followed; one that occurs again is recursive and gets a definition. */
  readonly #open: string[] = [];
  readonly #recursive = new Map<string, string>();
  readonly #definitions: JsonObject = {};
  #names = 0;

  constructor(root: JsonObject, deepest: number) {
    this.#root = root;
    this.#deepest = deepest;
  }

  /** Whether the schema was not finished, because its parts refer to one another too often. */
  get isTooLong(): boolean {
    return this.#names > MOST_NAMES;
  }

  schema(answer: Json): OutputSchema {
    const loose = this.#loosen(answer, 0);
    const definitions = Object.keys(this.#definitions).length > 0 && { $defs: this.#definitions };
    const types = [loose['type'] ?? null].flat();
    if (types.includes('object') && loose['$ref'] === undefined)
      return { ...loose, ...definitions, type: 'object' };
    return { type: 'object', properties: { result: loose }, ...definitions };
  }

  #loosen(schema: Json | undefined, depth: number): JsonObject {
    const ref = refOf(schema);
    if (ref === undefined) return isObject(schema) ? this.#loosenOne(schema, depth) : {};
    if (this.#open.includes(ref)) return { $ref: this.#define(ref) };
    this.#open.push(ref);
    const loose = this.#loosenOne(resolve(this.#root, schema), depth);
    this.#open.pop();
    const name = this.#recursive.get(ref);
    if (name === undefined) return loose;
    this.#definitions[name] = loose;
    return { $ref: `#/$defs/${name}` };
  }

  /** Named after the last part of the reference. */
  #define(ref: string): string {
    const known = this.#recursive.get(ref);
    const last = (ref.split('/').at(-1) ?? '').replace(/[^\w.-]/g, '_').slice(0, 40);
    const taken = [...this.#recursive.values()].includes(last);
    const name = known ?? (taken ? `${last}_${this.#recursive.size}` : last);
    this.#recursive.set(ref, name);
    return `#/$defs/${name}`;
  }

  #loosenOne(schema: JsonObject, depth: number): JsonObject {
    // The branch of a response is unknown: it may be any value.
    if (schema['oneOf'] !== undefined || schema['anyOf'] !== undefined)
      return described(schema, {});
    const { types, properties, items } = this.#parts(schema, 0);
    if (types.length === 0 || types.length > 1) return described(schema, {});
    const [first = ''] = types;
    // APIs send an integer as 5.0, too.
    const type = first === 'integer' ? 'number' : first;
    if (depth >= this.#deepest || this.isTooLong)
      return described(schema, { type: [type, 'null'] });
    // Validators in JavaScript see a `constructor` in every object.
    const members = Object.entries(properties).filter(
      ([name, value]) => !(name in Object.prototype) && object(value)['writeOnly'] !== true,
    );
    for (const [name] of members) this.#names += name.length + 1;
    return described(schema, {
      type: [type, 'null'],
      ...(type === 'object' &&
        members.length > 0 && {
          properties: Object.fromEntries(
            members.map(([name, value]) => [name, this.#loosen(value, depth + 1)]),
          ),
        }),
      ...(type === 'array' && { items: this.#loosen(items, depth + 1) }),
    });
  }

  /** The schema, and those of its `allOf`; each is looked into once. */
  #parts(schema: JsonObject, depth: number, known = new Map<JsonObject, Parts>()): Parts {
    const branches = depth > 8 ? [] : array(schema['allOf']);
    this.#names += branches.length;
    const inner = branches.map((branch) => {
      const target = resolve(this.#root, branch);
      const parts = known.get(target) ?? this.#parts(target, depth + 1, known);
      known.set(target, parts);
      return parts;
    });
    const properties = Object.assign(
      {},
      ...inner.map((part) => part.properties),
      object(schema['properties']),
    ) as JsonObject;
    const items = schema['items'] ?? inner.find((part) => part.items !== undefined)?.items;
    const stated = [schema['type'] ?? null].flat().flatMap((type) => text(type) ?? []);
    const types = stated.length > 0 ? stated : inner.flatMap((part) => [...part.types]);
    const implied =
      Object.keys(properties).length > 0 ? ['object'] : items !== undefined ? ['array'] : [];
    const all = [...new Set(types.length > 0 ? types : implied)].filter((type) => type !== 'null');
    return {
      types: all.includes('number') ? all.filter((type) => type !== 'integer') : all,
      properties,
      items,
    };
  }
}

/** The facts about a value that a schema and those of its `allOf` state together. */
interface Parts {
  readonly types: readonly string[];
  readonly properties: JsonObject;
  readonly items: Json | undefined;
}

/** The schema, with the first line of the description. */
function described(schema: JsonObject, loose: JsonObject): JsonObject {
  const description = text(schema['description']);
  const short = description && wholeCharacters(description.split('\n', 1)[0]?.slice(0, 120) ?? '');
  return { ...loose, ...(short !== undefined && { description: short }) };
}
