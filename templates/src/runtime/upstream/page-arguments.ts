import { isObject, membersOf, own } from '../api.js';
import type { Json, JsonObject, Parameter, Tool } from '../api.js';
import { meant } from './keywords.js';
import { digitsOf } from './numbers.js';

/** An argument of a tool that pages may depend on: in the query, or a member of the body, or of an object in either. */
export interface Argument {
  /** The names that lead to it: `['page']`, `['body', 'page']`, `['pageable', 'page']`. */
  readonly path: readonly string[];
  /** Its name on the wire. */
  readonly wire: string;
  readonly isInBody: boolean;
  readonly schema: JsonObject;
  /** What it may be called in the lists below; empty for a list or an object, which is neither a number nor a cursor. */
  readonly names: readonly string[];
}

/** New values of arguments; undefined leaves an argument out. */
export type Changes = ReadonlyMap<Argument, Json | undefined>;

/** Splits a list of names. */
export const words = (text: string): readonly string[] => text.split(' ');

// Argument names, reduced to letters and digits, by their meaning; the clearest first.
/** Arguments for the number of items on a page. */
export const SIZES = words(
  'perpage pagesize limit maxresults maxitems pagelimit resultsperpage itemsperpage hitsperpage top take max first ' +
    'count size rows maxrows pagelen ps',
);
/** Arguments for the number of a page. */
export const NUMBERS = words('page pagenumber pageno pagenum pageindex currentpage p');
/** Arguments for the number of items before a page. */
const OFFSETS = words(
  'offset skip startat startindex startposition startrow start from pageoffset',
);
/** Arguments that take the cursor of a response. */
export const CURSORS = words(
  'cursor pagetoken nexttoken nextpagetoken paginationtoken continuationtoken nextcursor pagecursor startcursor ' +
    'startingafter afterid pageafter after continuation continue bookmark marker nextmarker cursormark scrollid ' +
    'starttoken offset page next start token until sinceid since',
);

const known = new WeakMap<Tool, readonly Argument[]>();

/** The query arguments of a tool, and those in its body. */
export function argumentsOf(tool: Tool): readonly Argument[] {
  const args = known.get(tool) ?? readArguments(tool).map(named);
  known.set(tool, args);
  return args;
}

type Unnamed = Omit<Argument, 'names'>;

function named(argument: Unnamed): Argument {
  const { wire, schema } = argument;
  return { ...argument, names: isComposite(schema) ? [] : [plain(wire), withoutGroup(wire)] };
}

function readArguments({ inputSchema, request }: Tool): Unnamed[] {
  const root = inputSchema as JsonObject;
  const properties = membersOf(root['properties']);
  const own = (request.parameters ?? []).flatMap((parameter) => {
    const { name, in: place, argument = name } = parameter;
    return place === 'query' ? inQuery(parameter, meant(properties[argument], root)) : [];
  });
  const body = membersOf(meant(properties['body'], root)['properties']);
  const inner = Object.entries(body).map(([name, schema]) => {
    return { path: ['body', name], wire: name, isInBody: true, schema: meant(schema, root) };
  });
  const deeper = inner.filter(({ wire }) => HOLDER.test(plain(wire)));
  return [...own, ...inner, ...deeper.flatMap((one) => membersIn(one, (name) => name))];
}

/** Members of a body that hold the arguments for pages. */
const HOLDER = /^(?=.)(page|pager|pageable|pagination|paging)?(info|options|params|request)?$/;

/** A parameter, and the members of an object that are in the query on their own. */
function inQuery(parameter: Parameter, schema: JsonObject): Unnamed[] {
  const { name, argument = name, style = 'form', explode = true, content } = parameter;
  const whole = { path: [argument], wire: name, isInBody: false, schema };
  if (content !== undefined) return [whole];
  if (style === 'deepObject') return [whole, ...membersIn(whole, (own) => `${name}[${own}]`)];
  return style === 'form' && explode ? [whole, ...membersIn(whole, (own) => own)] : [whole];
}

function membersIn(whole: Unnamed, wireOf: (name: string) => string): Unnamed[] {
  return Object.entries(membersOf(whole.schema['properties'])).map(([name, schema]) => {
    const path = [...whole.path, name];
    return { ...whole, path, wire: wireOf(name), schema: membersOf(schema) };
  });
}

/** The first argument with one of the names, the clearest first. */
export function find(args: readonly Argument[], names: readonly string[]): Argument | undefined {
  for (const name of names) {
    const found = args.find((one) => one.names.includes(name));
    if (found !== undefined) return found;
  }
  return undefined;
}

function isComposite({ type = [], properties }: JsonObject): boolean {
  const types = [type].flat().filter((one) => one !== 'null');
  const isOnly = types.every((one) => one === 'object' || one === 'array');
  return (types.length > 0 && isOnly) || isObject(properties);
}

/** `page` of Strapi's `pagination[page]`, and `offset` of ServiceNow's `sysparm_offset`, or PubMed's `retstart`. */
function withoutGroup(wire: string): string {
  return plain(wire).replace(/^(pagination|paging|searchcriteria|sysparm|pg|result|ret)(?=.)/, '');
}

/** The argument for the number of items before a page; beside `max` that is `first` (Keycloak). */
export function offsetOf(args: readonly Argument[]): Argument | undefined {
  return find(args, OFFSETS) ?? (find(args, ['max']) && find(args, ['first']));
}

/** Names that only mean where a page starts, also with a prefix (MediaWiki: `apcontinue`, `sroffset`). */
const POSITION =
  /(page|pagenumber|offset|skip|startindex|startat|after|cursor|token|marker|continue)$/;

/** The argument for where a page starts that has a name, or else the same meaning. */
export function positionNamed(name: string, args: readonly Argument[]): Argument | undefined {
  if (!POSITION.test(name)) return undefined;
  const alike = NUMBERS.includes(name) ? find(args, NUMBERS) : undefined;
  return find(args, [name]) ?? alike ?? (OFFSETS.includes(name) ? offsetOf(args) : undefined);
}

/** A name reduced to lower-case letters and digits. */
export function plain(name: string): string {
  return /^[a-z\d]*$/.test(name) ? name : name.toLowerCase().replace(/[^a-z\d]/g, '');
}

/** The value of an argument in a call; null if it has none. */
export function valueOf(args: JsonObject, { path }: Argument): Json {
  return path.reduce<Json>((value, name) => own(membersOf(value), name) ?? null, args);
}

/** A copy of arguments with another value for one of them. */
function withValue(
  args: JsonObject,
  [name = '', ...rest]: Argument['path'],
  value: Json | undefined,
): JsonObject {
  const { [name]: before, ...others } = args;
  const inner = rest.length > 0 ? withValue(membersOf(before), rest, value) : value;
  return inner === undefined ? others : { ...args, [name]: inner };
}

/** A copy of arguments with all of the changes. */
export function changed(args: JsonObject, changes: Changes): JsonObject {
  let result = args;
  for (const [{ path }, value] of changes) result = withValue(result, path, value);
  return result;
}

/** An integer, or one in digits. */
export function numberOf(value: Json): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** The number that an argument starts counting from. */
export function firstOf({ schema }: Argument, fallback: number): number {
  const { default: normal = null, minimum = null, description = null } = schema;
  return numberOf(normal) ?? numberOf(minimum) ?? describedFirst(description) ?? fallback;
}

const FIRST =
  /\b(0|zero|1|one)[- ]?(?:based|indexed)\b|\b(?:starts?|starting|begins?|beginning) (?:at|from|with) (0|zero|1|one)\b|\bfirst page is (0|zero|1|one)\b/i;

function describedFirst(description: Json): number | undefined {
  const found = typeof description === 'string' ? FIRST.exec(description)?.slice(1) : undefined;
  const first = found?.find(Boolean);
  if (first === undefined) return undefined;
  return /^(0|zero)$/i.test(first) ? 0 : 1;
}

/** A value as an argument takes it: digits become a number if the argument is one. */
export function typed(value: string | number, argument: Argument): Json {
  const { schema } = argument;
  const text = typeof value === 'string' ? (digitsOf(value) ?? value) : String(value);
  if (isNumeric(argument)) return numberOf(text) ?? text;
  return typeof value === 'number' && schema['type'] === undefined ? value : text;
}

/** Whether an argument is a number. */
export function isNumeric({ schema }: Argument): boolean {
  return [schema['type']].flat().some((type) => type === 'integer' || type === 'number');
}
