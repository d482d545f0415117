import type { Json, JsonObject } from '../../templates/src/runtime/api.js';

/** An answer of a real API, written out after the example of its public documentation. */
export interface Answer {
  readonly api: string;
  /** The page of the documentation. */
  readonly page: string;
  /** Default: JSON. */
  readonly type?: string;
  /** Default 200. */
  readonly status?: number;
  /** As it is sent; numbers that JavaScript would round are written as text. */
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Its description in the document. */
  readonly schema?: JsonObject;
  /** The arguments of its operation. */
  readonly parameters?: Readonly<Record<string, JsonObject>>;
}

/** A list that an API hands out in pages. */
export interface Pages {
  readonly api: string;
  readonly page: string;
  /** The arguments of its operation. */
  readonly parameters: Readonly<Record<string, JsonObject>>;
  /** All items; each has a unique id. */
  readonly items: readonly JsonObject[];
  readonly itemSchema: JsonObject;
  /** The answer to a call with these arguments. */
  readonly serve: (items: readonly JsonObject[], args: JsonObject) => Page;
}

export interface Page {
  readonly answer: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** This number of items like the recorded one, each with the members from `own` for its index. */
export function many(
  count: number,
  recorded: JsonObject,
  own: (number: number) => JsonObject,
): JsonObject[] {
  return Array.from({ length: count }, (_, number) => ({ ...recorded, ...own(number) }));
}

/** The schema of a recorded value, as its document describes it. */
export function schemaOf(value: Json): JsonObject {
  if (value === null) return {};
  if (Array.isArray(value))
    return { type: 'array', items: value[0] === undefined ? {} : schemaOf(value[0]) };
  if (typeof value !== 'object') return { type: typeof value };
  const properties = Object.entries(value).map(([name, member]) => [name, schemaOf(member)]);
  return { type: 'object', properties: Object.fromEntries(properties) as JsonObject };
}

/** A JSON response, described by its content. */
export function json(api: string, page: string, value: Json, rest: Partial<Answer> = {}): Answer {
  return { api, page, body: JSON.stringify(value), schema: schemaOf(value), ...rest };
}

export const integer = { type: 'integer' };
export const string = { type: 'string' };
