import type { Json, JsonObject } from '../api.js';

/** How names and values are escaped where they are going. */
export interface Codec {
  readonly name: (text: string) => string;
  readonly value: (text: string) => string;
}

/** A name and a value, both escaped. */
export type Pair = readonly [name: string, value: string];

/** The style of a value that goes by a name (OpenAPI 3.1.1, Style Values). */
export interface NamedStyle {
  readonly style: keyof typeof delimiters | 'deepObject';
  readonly explode: boolean;
  readonly codec: Codec;
}

/** What stands between the items of a list that is not exploded. */
export const delimiters = {
  form: ',',
  cookie: ',',
  matrix: ',',
  spaceDelimited: ' ',
  pipeDelimited: '|',
  tabDelimited: '\t',
};

/** One value as text; OpenAPI leaves composites inside composites undefined, and JSON is what APIs parse. */
export function plainText(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The members of an object that are defined; null is RFC 6570's "undefined" (section 2.3). */
export function entries(value: JsonObject): [string, Json][] {
  return Object.entries(value).filter(([, item]) => item !== null);
}

/** The items of an array that are defined. */
export function items(value: Json[]): Json[] {
  return value.filter((item) => item !== null);
}

/** The pairs a value becomes in a query, a form, a cookie or a matrix parameter; none when it is undefined. */
export function expandNamed(name: string, value: Json, options: NamedStyle): Pair[] {
  const { style, explode, codec } = options;
  if (value === null) return [];
  if (style === 'deepObject') return expandDeep(codec.name(name), value, codec);
  if (typeof value !== 'object') return [[codec.name(name), codec.value(plainText(value))]];
  if (explode) return expandMembers(name, value, codec);
  const members = flatten(value).map(codec.value);
  // The comma is RFC 6570's own and stays; a space or a bar is data to RFC 3986 and is encoded.
  const delimiter = delimiters[style] === ',' ? ',' : codec.value(delimiters[style]);
  return members.length === 0 ? [] : [[codec.name(name), members.join(delimiter)]];
}

/** A value without its name: style `simple`, and what follows the dot of style `label`. */
export function expandUnnamed(
  value: Json,
  options: { explode: boolean; separator: string; encode: (text: string) => string },
): string {
  const { explode, separator, encode } = options;
  if (value === null || typeof value !== 'object') return encode(plainText(value ?? ''));
  if (Array.isArray(value) || !explode) return flatten(value).map(encode).join(separator);
  const members = entries(value).map(([key, item]) => `${encode(key)}=${encode(plainText(item))}`);
  return members.join(separator);
}

function expandMembers(name: string, value: Json[] | JsonObject, codec: Codec): Pair[] {
  const members: [string, Json][] = Array.isArray(value)
    ? items(value).map((item) => [name, item])
    : entries(value);
  return members.map(([key, item]) => [codec.name(key), codec.value(plainText(item))]);
}

/** `R,100,G,200` of an object, the items of an array. */
function flatten(value: Json[] | JsonObject): string[] {
  if (Array.isArray(value)) return items(value).map(plainText);
  return entries(value).flatMap(([key, item]) => [key, plainText(item)]);
}

/**
 * `color[R]=100`. Deeper levels are undefined in OpenAPI; brackets all the way down, with indices for
 * arrays, is what Stripe, PHP and qs read.
 */
function expandDeep(prefix: string, value: Json, codec: Codec): Pair[] {
  if (value === null) return [];
  if (typeof value !== 'object') return [[prefix, codec.value(plainText(value))]];
  return Object.entries(value).flatMap(([key, item]) =>
    expandDeep(`${prefix}${codec.name(`[${key}]`)}`, item, codec),
  );
}
