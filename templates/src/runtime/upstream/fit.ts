import {
  isObject,
  membersOf,
  own,
  type Json,
  type JsonObject,
  type JsonSchema,
  type Tool,
} from '../api.js';
import { wellFormed } from '../text.js';
import { offerFields, selectFields } from './fields.js';
import { kindOf, meant } from './keywords.js';
import { digitsOf, Edits, endOfString, readExact } from './numbers.js';
import { argumentsOf } from './page-arguments.js';
import { nextPage, restOfPage, type Page } from './pages.js';
import { itemsOf } from './paging.js';
import { shortenPlainText, shortenValue, type Shortened } from './shorten.js';

/** A call and its response, as far as they affect the shown result. */
export interface Answered extends Omit<Page, 'answer'> {
  /** The members of the response to show, by their paths. */
  readonly fields?: readonly string[] | undefined;
  /** Whether the end of the response is missing: then the next page is not the next call. */
  readonly isCut?: boolean;
  /** Whether the call failed: what the response lists and counts is not a page then. */
  readonly isFailed?: boolean;
  /** Characters, including those of the notes. */
  readonly budget: number;
}

/** The shown part of a response; `value` is absent if it is not JSON, or not needed. */
type Fitted = Omit<Shortened, 'lists'>;

/** A response within its budget. JSON stays JSON, as received unless `fields` or the budget leaves something out. */
export function fitAnswer(text: string, isJson: boolean, answered: Answered): Fitted {
  if (isJson && isPassedOn(text, answered)) return { text, notes: [] };
  const value = isJson ? parsed(text) : undefined;
  if (value !== undefined) return fitJson(text, value, answered);
  return fitText(text, answered);
}

const NOT_JSON = 'The response is not JSON, so `fields` left nothing out.';

function fitText(text: string, { budget, tool, fields }: Answered): Fitted {
  const remarks = fields === undefined ? [] : [NOT_JSON];
  const left = budget - lengthOf(remarks);
  if (text.length <= left) return { text, notes: remarks };
  const help = howToGetLess({ ...tool, fields: undefined });
  const { text: shown, notes } = shortenPlainText(text, left - help.length - 1);
  return { text: shown, notes: [...remarks, ...notes, help] };
}

/** Whether the response is shown as it is: most responses are not worth parsing. */
function isPassedOn(text: string, { tool, fields, budget }: Answered): boolean {
  const isWhole = fields === undefined && text.length <= budget;
  return isWhole && tool.outputSchema === undefined && argumentsOf(tool).length === 0;
}

/** Truncated JSON, closed after its last whole member or item; undefined if the text is not the beginning of JSON. */
export function endedJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  let [open, end] = ['', 0];
  let closers = '';
  const tokens = /["[\]{},]/g;
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    const [mark] = token;
    if (mark === '"') tokens.lastIndex = endOfString(text, token.index);
    else if (mark === ',') [closers, end] = [open, token.index];
    else if (mark === '[' || mark === '{') open = (mark === '[' ? ']' : '}') + open;
    else open = open.slice(1);
    if (open.length > MAX_REPAIRED_DEPTH) return undefined;
  }
  return end === 0 ? undefined : text.slice(0, end) + closers;
}

const MAX_REPAIRED_DEPTH = 500;

function parsed(text: string): Json | undefined {
  const value = readOrNot(text);
  if (value !== undefined) return value;
  const start = GUARD.exec(text)?.[0].length ?? 0;
  const json = /^\s*[[{]/.test(text.slice(start, start + 100)) ? repaired(text.slice(start)) : text;
  return json === text ? undefined : readOrNot(json);
}

function readOrNot(json: string): Json | undefined {
  try {
    return readExact(json);
  } catch {
    return undefined;
  }
}

/** What some servers put before JSON so that no browser runs it as a script (Gerrit: `)]}'`). */
const GUARD = /^\s*(?:\)\]\}',?|while\s*\(1\);|for\s*\(;;\);|\{\}\s*&&)/;

/** JSON as serializers that are not strict write it: NaN is null, and a comma after the last item is not one. */
function repaired(text: string): string {
  const edits = new Edits(text);
  // Strings without escapes or control characters, as most are, are passed over.
  const tokens = /"[^"\\\p{Cc}]*"|"|-?\b(?:NaN|Infinity)\b|,(?=\s*[\]}])/gu;
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    const { 0: mark, index } = token;
    if (mark.length > 1 && mark.startsWith('"')) continue;
    if (mark === '"') tokens.lastIndex = endOfString(text, index);
    const { lastIndex: end } = tokens;
    edits.replace(index, end, mark === ',' ? '' : strictOf(text.slice(index, end)));
  }
  return edits.toString();
}

/** A JSON string with escapes for control characters (RFC 8259 section 7), or null in the place of another token. */
function strictOf(token: string): string {
  if (!token.startsWith('"')) return 'null';
  return token.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

function fitJson(
  text: string,
  answer: Json,
  { fields, budget, isCut = false, isFailed = false, ...call }: Answered,
): Fitted {
  const page = { ...call, answer, args: { ...call.args, ...(fields && { fields: [...fields] }) } };
  const following = isFailed ? undefined : nextPage(page);
  const next = isCut ? [restOfCut(page)] : [following ?? []].flat();
  const { value, notes } = fields
    ? selectFields(answer, fields, call.tool.fields)
    : { value: answer, notes: [] };
  const left = budget - lengthOf(notes);
  const room = left - lengthOf(next);
  const selected = fields ? shortenValue(value, room) : { text, notes: [] };
  if (selected.notes.length === 0 && selected.text.length <= room)
    return { text: selected.text, notes: [...notes, ...next], value };
  const shortened = shortenWithHelp(value, left, page, next);
  return { ...shortened, notes: [...notes, ...shortened.notes] };
}

/** The last item may be incomplete. */
function restOfCut(page: Page): string {
  const list = itemsOf(page.answer);
  const total = list?.items.length ?? 0;
  const rest = list && restOfPage(page, { path: list.path, shown: total - 1, total });
  return rest ?? howToGetLess(page.tool);
}

/** Characters of notes, one note per line. */
function lengthOf(notes: readonly string[]): number {
  return notes.reduce((sum, note) => sum + note.length + 1, 0);
}

/**
 * A value within a budget, with the call that fetches the rest. The length of that call depends on the omitted parts,
 * so they are chosen again if the call does not fit.
 */
function shortenWithHelp(value: Json, budget: number, page: Page, next: readonly string[]) {
  const plain = howToGetLess(page.tool);
  let room = budget - Math.max(plain.length + 1, lengthOf(next));
  for (let attempts = 0; attempts < 3; attempts += 1) {
    const { text, notes, lists, value: shown } = shortenValue(value, room);
    const rest = lists[0] && restOfPage(page, lists[0]);
    const help = notes.length === 0 ? next : [rest ?? plain];
    const excess = text.length + lengthOf([...notes, ...help]) - budget;
    if (excess <= 0) return { text, value: shown, notes: [...notes, ...help] };
    room -= excess;
  }
  const { text, notes, value: shown } = shortenValue(value, budget - plain.length - 2);
  return { text, value: shown, notes: [...notes, plain] };
}

/** Common names of parameters that shorten a response: pages, field selections, filters. */
const SHORTENING =
  /^(limit|max|top|first|last|take|size|count|rows|n|(page|per|max|batch)[_-]?(size|page|results|items|count|limit)|fields?|select|columns|include|exclude|expand|filter|where|q|query|search|since|until|after|before|from|to|start|end|page|offset|cursor|skip|range)$/i;

/** A sentence that tells a model how to shorten a response, with the arguments of the tool. */
export function howToGetLess(tool: Tool): string {
  const { properties } = offerFields(tool).inputSchema;
  const helpful = Object.keys(membersOf(properties))
    .filter((name) => SHORTENING.test(name))
    .slice(0, 5);
  return helpful.length === 0
    ? 'Ask for something smaller or more specific, if the API allows it.'
    : `Ask for less with ${helpful.join(', ')}.`;
}

/**
 * A response in the form of a tool's `outputSchema`, so that no client refuses the result: a value of another type
 * than documented becomes null, as does a number that JavaScript would round. A whole response of another type is not
 * lost, since some clients show a model nothing else: it is a member `result`, or an object instead of one.
 */
export function structure(answer: Json | undefined, schema: JsonSchema): Structured {
  const whole = schema as JsonObject;
  const formed = (value: Json): Structured => {
    let isWhole = true;
    const members = membersOf(conform(value, whole, whole, () => (isWhole = false)));
    return { members, isWhole };
  };
  const value = answer ?? null;
  const names = Object.keys(membersOf(whole['properties']));
  const isWrapped = names.join() === 'result' && !Object.hasOwn(membersOf(value), 'result');
  if (!isWrapped && (value === null || isObject(value))) return formed(value);
  const wrapped = formed({ result: value });
  return isObject(value) && wrapped.members['result'] === null ? formed(value) : wrapped;
}

interface Structured {
  readonly members: JsonObject;
  /** Whether no value became null. */
  readonly isWhole: boolean;
}

// Parsers of whole messages refuse what is nested more than 200 (Python) or 128 deep (Rust).
const MAX_CONFORMED_DEPTH = 100;

function conform(
  value: Json,
  schema: Json | undefined,
  root: JsonObject,
  lose: () => void,
  depth = 0,
): Json {
  const { type, items, properties } = meant(schema, root);
  const types = [type ?? []].flat();
  const isOther = types.length > 0 && !types.includes(kindOf(value));
  const isDigits = typeof value === 'string' && digitsOf(value) !== undefined;
  if (isOther || isDigits || depth > MAX_CONFORMED_DEPTH) {
    if (value !== null) lose();
    return null;
  }
  if (typeof value === 'string') return wellFormed(value);
  if (Array.isArray(value)) return value.map((item) => conform(item, items, root, lose, depth + 1));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => {
    const schema = isObject(properties) ? own(properties, name) : undefined;
    return [wellFormed(name), conform(member, schema, root, lose, depth + 1)] as const;
  });
  return Object.fromEntries(members);
}
