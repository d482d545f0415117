import type { Json, Parameter, Tool } from '../../templates/src/runtime/api.js';

// Requests according to OpenAPI 3.1.1, written independently, for cases where swagger-client does not help.

type Arguments = Readonly<Record<string, Json>>;

/** A value as text; a value with parts is JSON. */
export function plain(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Percent-encoding of all but the unreserved characters (RFC 3986 section 2.3). */
function strict(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * With `allowReserved`, reserved characters stay, except those that end the value (Parameter Object) and the
 * apostrophe, which URL parsers encode; triplets stay as well (RFC 6570 section 3.2.3).
 */
function reserved(text: string): string {
  return strict(text)
    .replace(/%(?:3A|2F|3F|40|21|24|28|29|2A|2C|3B|3D)/g, decodeURIComponent)
    .replace(/%25([0-9A-Fa-f]{2})/g, '%$1');
}

/** The pieces of a query that one parameter becomes; undefined if it is not a scalar. */
export function queryPieces(
  { name, argument, allowReserved }: Parameter,
  args: Arguments,
): string[] | undefined {
  const value = args[argument ?? name];
  if (value === undefined) return [];
  if (typeof value === 'object') return undefined;
  return [`${strict(name)}=${(allowReserved === true ? reserved : strict)(String(value))}`];
}

/** The Cookie header of all cookie parameters in style `form`; separated by semicolons (RFC 6265 section 4.2.1). */
export function cookieHeader({ request: { parameters = [] } }: Tool, args: Arguments): string {
  const cookies = parameters.filter((parameter) => parameter.in === 'cookie');
  return cookies.flatMap((parameter) => cookiePairs(parameter, args)).join('; ');
}

function cookiePairs({ name, argument, explode = true }: Parameter, args: Arguments): string[] {
  const value = args[argument ?? name];
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object') return [`${strict(name)}=${strict(String(value))}`];
  const members: [string, Json][] = Array.isArray(value)
    ? value.map((item) => [name, item])
    : Object.entries(value);
  if (explode) return members.map(([key, item]) => `${strict(key)}=${strict(plain(item))}`);
  const texts = Array.isArray(value) ? value : Object.entries(value).flat();
  return [`${strict(name)}=${texts.map((text) => strict(plain(text))).join(',')}`];
}
