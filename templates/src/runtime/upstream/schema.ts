import { isObject, type Json, type JsonObject } from '../api.js';
import { isJson, isJsonLines } from '../media.js';
import { closest, faultsOfBranches, faultText, Memory, pathOf } from './faults.js';
import type { Fault, Key, Outcome } from './faults.js';
import { brokenKeyword, follow, isAmong, isCertain, isOpen, isShared } from './keywords.js';
import { isSpelled, isUnlisted, isUpload, listOf, memberSchema } from './keywords.js';
import { missingNames, refused, replaced, ruleOf, stepsFor, wantedTypes } from './keywords.js';
import type { Around, Rule, Rules, Verdict } from './keywords.js';
import { isComposite, measured, readJson, settled } from './numbers.js';

/** For one reading, or for several of the same value. A call needs a few steps for each of its members. */
export class Budget {
  /** Below 0, a part of the value was not checked. */
  steps = 200_000;
}

// Beyond these limits, checking is left to the API.
const MAX_NESTING = 500;
/** Members of the JSON inside strings; a request may have as many. */
const MAX_SPELLED = 50_000;
const MAX_FAULTS = 10;

/**
 * Reads a value as a JSON Schema expects it. Strings are replaced by the values they spell unless a string is expected:
 * model clients send `"5"` for 5 and JSON text for objects. `pattern`, `format`, `not`, `if`, closed objects and
 * the like are not checked, because documents are commonly wrong about them. Work and stack are bounded.
 */
export class SchemaReader {
  readonly #root: JsonObject;
  readonly #rules: Rules;
  readonly #bodyType: string;
  readonly #path: Key[] = [];
  /** Collects faults; if undefined, reading ends at the first one. */
  #faults: Fault[] | undefined;
  #strict: boolean;
  #budget = new Budget();
  #nesting = 0;
  #separators = 0;
  #leftOut = false;
  /** While branches are tried: the results for arrays and objects, since several branches may read the same ones. */
  #memory: Memory | undefined;
  #parsed: { place: string; text: string; value: Json | undefined } | undefined;

  constructor(root: JsonObject, rules: Rules = {}) {
    this.#root = root;
    this.#rules = rules;
    this.#bodyType = rules.bodyType ?? '';
    this.#strict = rules.remark !== undefined;
  }

  /** The accepted value: the same object if nothing was replaced. */
  read(value: Json, budget = new Budget()): Verdict {
    this.#budget = budget;
    const verdict = this.#read(value, this.#root, undefined);
    if (verdict === refused || !this.#leftOut) return verdict;
    // One schema may require what another one has left out.
    const rest = new SchemaReader(this.#root, { ...this.#rules, keepBlanks: true });
    rest.#faults = this.#faults;
    return rest.read(verdict);
  }

  /** The rules that a value breaks at one part of the schema. */
  brokenBy(value: Json, schema: JsonObject): Rule[] {
    return this.#collect(() => this.#read(value, schema, undefined)).map(({ rule }) => rule);
  }

  /** At most ten faults of the value, each with its path. */
  faultsOf(value: Json): string[] {
    const faults = this.#collect(() => this.read(value));
    return [...new Set(faults.map(({ path, text }) => `${path} ${text}`))].slice(0, MAX_FAULTS);
  }

  #read(value: Json, schema: Json | undefined, around: Around | undefined): Verdict {
    if (schema === false) return this.#refuse(value, {}, 'false');
    if (!isObject(schema) || isAmong(schema, around)) return value;
    this.#budget.steps -= stepsFor(value, schema);
    if (this.#budget.steps < 0 || this.#nesting >= MAX_NESTING) return value;
    this.#nesting += 1;
    const verdict = this.#readAll(value, schema, around);
    this.#nesting -= 1;
    return verdict;
  }

  #readAll(value: Json, schema: JsonObject, around: Around | undefined): Verdict {
    const own = this.#spell(value, schema, around);
    if (own === refused) return this.#refuse(value, schema, 'type');
    const broken = brokenKeyword(own, schema, this.#rules.waives);
    if (broken !== undefined) return this.#refuse(own, schema, broken);
    const parts = this.#parts(own, schema, around);
    if (parts === refused && this.#faults === undefined) return refused;
    const composed = this.#composed(parts === refused ? own : parts, schema, around);
    const remarks = this.#rules.remark?.(measured(own), schema, isShared(schema, around)) ?? [];
    for (const text of remarks) this.#report(text, schema, 'remark', [schema, 'remark']);
    return parts === refused || remarks.length > 0 ? refused : composed;
  }

  #refuse(value: Json, schema: JsonObject, at: string): typeof refused {
    if (this.#faults === undefined) return refused;
    this.#report(faultText(value, schema, at), schema, at, [schema, ruleOf(at, value)]);
    return refused;
  }

  #report(text: string, schema: JsonObject, keyword: string, rule: Rule, ...below: Key[]): void {
    this.#faults?.push({ path: pathOf([...this.#path, ...below]), text, keyword, schema, rule });
  }

  /** The value that a string spells; the string itself if a string is expected, or if it spells nothing. */
  #spell(text: Json, schema: JsonObject, around: Around | undefined): Verdict {
    if (typeof text !== 'string') return settled(text, wantedTypes(schema));
    const types = schema['type'] === 'string' ? undefined : this.#typesFor(schema, around);
    if (types === undefined || !/^\s*[-\d[{tf]/i.test(text)) return text;
    if (types.includes('string') && !isUnlisted(text, schema)) return text;
    // Another branch may accept the string; if a type is stated, the string is refused because of it.
    if (this.#strict) return schema['type'] === undefined ? refused : text;
    const value = this.#parse(/^\s*(?:true|false)\s*$/i.test(text) ? text.toLowerCase() : text);
    if (value === undefined || !types.some((type) => isSpelled(value, type))) return text;
    return settled(value, types);
  }

  /** The types that a string may spell. */
  #typesFor(schema: JsonObject, around: Around | undefined): readonly string[] | undefined {
    const isBody = this.#path.length === 1 && this.#path[0] === 'body' && around === undefined;
    const isAny = isBody && isJson(this.#bodyType) && isOpen(schema);
    return isAny ? ['object', 'array'] : wantedTypes(schema);
  }

  /** Parses once for all branches that read the same string, but again for an equal string elsewhere. */
  #parse(text: string): Json | undefined {
    const place = JSON.stringify(this.#path);
    if (this.#parsed?.place === place && this.#parsed.text === text) return this.#parsed.value;
    const isLines = isJsonLines(this.#bodyType) && place === '["body"]' && !/^\s*\[/.test(text);
    const json = isLines ? `[${text.trim().replace(/\n\s*/g, '\n,')}]` : text;
    this.#separators += json.split(/[,[{]/, MAX_SPELLED + 2).length - 1;
    const value =
      this.#separators > MAX_SPELLED ? undefined : readJson(json, this.#path[0] !== 'body');
    this.#parsed = { place, text, value };
    return value;
  }

  #parts(value: Json, schema: JsonObject, around: Around | undefined): Verdict {
    if (!isComposite(value)) return value;
    return Array.isArray(value) ? this.#items(value, schema) : this.#members(value, schema, around);
  }

  #items(value: Json[], schema: JsonObject): Verdict {
    const { items, prefixItems } = schema;
    const prefix = Array.isArray(prefixItems) ? prefixItems : [];
    if (!isObject(items) && prefix.length === 0) return value;
    let result: Json[] | typeof refused = value;
    for (let index = 0; index < value.length; index += 1) {
      const item = value[index] ?? null;
      // `items: false` closes the list, which is not enforced.
      const verdict = this.#at(index, item, prefix[index] ?? (isObject(items) ? items : true));
      if (verdict === refused) {
        if (this.#isEnough()) return refused;
        result = refused;
      } else if (verdict !== item && result !== refused) {
        if (result === value) result = [...value];
        result[index] = verdict;
      }
    }
    return result;
  }

  #members(value: JsonObject, schema: JsonObject, around: Around | undefined): Verdict {
    let fits = !this.#misses(value, schema);
    if (!fits && this.#isEnough()) return refused;
    if (!isObject(schema['properties']) && !isObject(schema['additionalProperties']))
      return fits ? value : refused;
    const shared = isShared(schema, around);
    let changed: Map<string, Json | undefined> | undefined;
    for (const key of Object.keys(value)) {
      const item = value[key] ?? null;
      const verdict = this.#member(key, item, schema, shared);
      if (verdict === refused) {
        if (this.#isEnough()) return refused;
        fits = false;
      } else if (verdict !== item) (changed ??= new Map()).set(key, verdict);
    }
    if (!fits) return refused;
    return changed === undefined ? value : replaced(value, changed);
  }

  /** Models fill in members they do not use: null or an empty string counts as absent if neither can be meant. */
  #member(key: string, item: Json, schema: JsonObject, shared: boolean): Verdict | undefined {
    const own = memberSchema(schema, key, shared);
    const isDeletion = this.#path[0] === 'body' && this.#bodyType.endsWith('merge-patch+json');
    if (item === null && isDeletion) return null;
    const isBlank = (item === null || item === '') && !listOf(schema['required']).includes(key);
    if (!isBlank || this.#strict || this.#rules.keepBlanks) return this.#at(key, item, own);
    let verdict: Verdict = refused;
    // An empty string is not an upload; `data:,` is an empty one.
    if (item === null || !isUpload(own))
      this.#trying(undefined, this.#strict, () => (verdict = this.#at(key, item, own)));
    if (verdict === refused) this.#leftOut = true;
    return verdict === refused ? undefined : verdict;
  }

  #misses(value: JsonObject, schema: JsonObject): boolean {
    if (this.#rules.partialBody === true && this.#path[0] === 'body') return false;
    const missing = missingNames(value, schema, this.#rules.waives);
    for (const name of missing)
      this.#report('is missing', {}, 'required', [schema, `required:${name}`], name);
    return missing.length > 0;
  }

  #at(key: Key, value: Json, schema: Json | undefined): Verdict {
    const outcomes = isComposite(value) ? this.#memory?.of(value, this.#strict) : undefined;
    const known = outcomes?.get(schema);
    if (known !== undefined && this.#repeats(known)) return known.verdict;
    const start = this.#faults?.length;
    this.#path.push(key);
    const verdict = this.#read(value, schema, undefined);
    this.#path.pop();
    outcomes?.set(schema, { verdict, faults: this.#faults?.slice(start) });
    return verdict;
  }

  /** Whether a remembered outcome is complete; if so, its faults are reported again. */
  #repeats({ verdict, faults }: Outcome): boolean {
    if (verdict !== refused || this.#faults === undefined) return true;
    this.#faults.push(...(faults ?? []));
    return faults !== undefined;
  }

  #isEnough(): boolean {
    return this.#faults === undefined || this.#faults.length >= MAX_FAULTS;
  }

  #composed(value: Json, schema: JsonObject, around: Around | undefined): Verdict {
    const { $ref, allOf, anyOf, oneOf } = schema;
    if ($ref === undefined && allOf === undefined && anyOf === undefined && oneOf === undefined)
      return value;
    const here = { schema, shared: isShared(schema, around), next: around };
    const state = { value, fits: true };
    const keep = (verdict: Verdict): boolean => {
      if (verdict === refused) state.fits = false;
      else state.value = verdict;
      return state.fits || !this.#isEnough();
    };
    const goesOn =
      keep(this.#read(value, follow($ref, this.#root), here)) &&
      listOf(allOf).every((branch) => keep(this.#read(state.value, branch, here))) &&
      keep(this.#alternatives(state.value, listOf(anyOf), here)) &&
      keep(this.#alternatives(state.value, listOf(oneOf), here, true));
    return goesOn && state.fits ? state.value : refused;
  }

  /** The value as the first matching branch accepts it: unchanged if possible, otherwise with its strings parsed. */
  #alternatives(value: Json, branches: Json[], here: Around, exclusive = false): Verdict {
    if (branches.length === 0) return value;
    if (exclusive && this.#rules.remark !== undefined) {
      const { length } = this.#acceptedBy(value, branches.filter(isCertain), here, true, true);
      if (length > 1) return this.#refuse(value, { oneOf: length }, 'oneOf');
    }
    // An open branch accepts any spelling of members that only another one describes.
    const near = this.#rules.remark ? branches : closest(value, branches, this.#root);
    for (const list of new Set([near, branches])) {
      if (this.#acceptedBy(value, list, here, true, false).length > 0) return value;
      if (this.#strict && list === branches) break;
      const [verdict] = this.#acceptedBy(value, list, here, false, false);
      if (verdict !== undefined) return this.#strict ? refused : verdict;
    }
    if (this.#rules.waives?.(here.schema, 'branches')) return value;
    if (this.#faults !== undefined) this.#explain(value, branches, here);
    return refused;
  }

  /** The value as the branches accept it: only the first that does, or all. */
  #acceptedBy(value: Json, branches: Json[], here: Around, strict: boolean, all: boolean): Json[] {
    const found: Json[] = [];
    this.#memory ??= new Memory();
    this.#trying(undefined, strict, () => {
      for (const branch of branches) {
        const verdict = this.#read(value, branch, here);
        if (verdict !== refused) found.push(verdict);
        if (found.length > 0 && !all) return;
      }
    });
    return found;
  }

  #collect(work: () => unknown): Fault[] {
    const faults: Fault[] = [];
    this.#trying(faults, this.#strict, work);
    return faults;
  }

  #trying(faults: Fault[] | undefined, strict: boolean, work: () => unknown): void {
    const before = { faults: this.#faults, strict: this.#strict };
    [this.#faults, this.#strict] = [faults, strict];
    work();
    [this.#faults, this.#strict] = [before.faults, before.strict];
  }

  #explain(value: Json, branches: Json[], here: Around): void {
    const tries = branches.map((branch) => this.#collect(() => this.#read(value, branch, here)));
    this.#faults?.push(...faultsOfBranches(value, pathOf(this.#path), here.schema, tries));
  }
}
