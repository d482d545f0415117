/** Truncates a text that is longer than `maxLength`, and adds an ellipsis. */
export function truncate(text: string, maxLength: number): string {
  return text.length > maxLength ? `${wholeCharacters(text.slice(0, maxLength))}…` : text;
}

/** The text without half of a surrogate pair at its end. */
export function wholeCharacters(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, '');
}

/** The text with U+FFFD for each lone surrogate: clients in Python and Rust refuse a message that has one. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** A whole number with thousands separators: `12,345`. Loading the locales of `Intl` would take 20 ms. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A number and its noun: `1 tool`, `1,200 tools`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A name that somebody else chose, in quotes and no longer than real names are. */
export function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 64));
}

/** Percent-encodes all but unreserved characters (RFC 3986 section 2.3), also those that `encodeURIComponent` keeps. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A text as escapes of JSON (RFC 8259 section 7), one for each UTF-16 code unit. */
export function jsonEscape(text: string): string {
  const units = text.split('');
  return units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

/** The decoded text; unchanged if a percent sign in it begins no escape. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The name of a query pair or cookie as lenient servers read it: decoded and in any case. PHP also ends it at a NUL, and
 * puts underscores in place of dots, blanks, and a bracket that is never closed.
 */
export function lenientName(name: string, decodings = 1): string {
  let text = name.replaceAll('+', ' ');
  for (let round = 0; round < decodings && text.includes('%'); round += 1)
    text = text.replace(/%[0-7][0-9a-f]/gi, decodeURIComponent);
  const [start = ''] = text.trim().split('\0', 1);
  const closed = start.includes(']') ? start : start.replaceAll('[', '_');
  return closed.replace(/[ .]/g, '_').toLowerCase();
}

/** The same, decoded twice by default, and without what is in brackets: `a[]` and `a[b]` are parts of `a`. */
export function baseName(name: string, decodings = 2): string {
  return lenientName(name, decodings).replace(/\[.*$/s, '');
}

/** Characters. No server reads a longer segment, and decoding megabytes would keep all callers waiting. */
const MAX_DECODED = 65_536;

/**
 * Whether a path segment leads elsewhere, or is too long to tell. Before dots are resolved, some servers remove `;x`,
 * blanks or what follows a NUL from a segment, or replace full-width characters, and some proxies decode once or twice:
 * then a query or fragment begins at `?` or `#`.
 */
export function isDots(part: string): boolean {
  // Most parts have neither a dot nor anything that could become one.
  if (!/[.%]|[^\0-\x7f]/.test(part)) return false;
  if (part.length > MAX_DECODED) return true;
  let text = part.normalize('NFKC');
  for (let round = 0; round < 4; round += 1) {
    if (/(^|[/\\])\.\.([/\\;?#\0]|\s{0,9}$)|^\.([;?#][^/\\]*)?$/.test(text)) return true;
    const decoded = text.replace(/%[0-7][0-9a-f]/gi, decodeURIComponent);
    if (decoded === text) return false;
    text = decoded;
  }
  return false;
}

/**
 * The reserved characters that `allowReserved` leaves unencoded, by place. Characters that would change the structure
 * around the value are not included: OpenAPI 3.1.1 (Parameter Object, `allowReserved`) requires encoding `[ ] #` and
 * the form's own `& +`; in a path it is `/ ? #`, in a cookie `; ,` (RFC 6265 section 4.1.1).
 */
const KEPT = {
  // The apostrophe is not included either: URL parsers encode it in a query (WHATWG URL, special-query percent-encode
  // set).
  query: ':/?@!$()*,;=',
  path: ":@!$&'()*+,;=",
  cookie: ":/?#[]@!$&'()*+=",
};

/** Where reserved characters may pass unencoded. */
type Place = keyof typeof KEPT;

/**
 * Reserved expansion (RFC 6570 section 3.2.3). Percent-encoded triplets pass unchanged, except in a path, where
 * `%2e%2e` and `%2f` would escape from the segment.
 */
function percentEncodeReserved(text: string, place: Place): string {
  const pieces = place === 'path' ? /[^]/gu : /%[0-9A-Fa-f]{2}|[^]/gu;
  return text.replace(pieces, (piece) =>
    KEPT[place].includes(piece) || piece.length === 3 ? piece : percentEncode(piece),
  );
}

/** Several path segments, each escaped on its own. */
export function segments(text: string): string {
  return text.split('/').map(percentEncode).join('/');
}

export type Encode = (text: string) => string;

/** The escaping of names and values for a place. */
export type Codec = Readonly<Record<'name' | 'value', Encode>>;

export const verbatim: Encode = (text) => text;

/** Escapes nothing. */
export const plain: Codec = { name: verbatim, value: verbatim };

export function escaping(place: Place, allowReserved = false): Codec {
  const reserved: Encode = (text) => percentEncodeReserved(text, place);
  return { name: percentEncode, value: allowReserved ? reserved : percentEncode };
}

/** As browsers do (WHATWG HTML, multipart/form-data encoding), so that no name breaks out of its quotes. */
export function escapeName(name: string): string {
  return name.replace(/[\r\n"]/g, (character) => encodeURIComponent(character));
}

/** JSON of the same value in ASCII. */
export function inAscii(json: string): string {
  return json.replace(/[^\0-\x7f]/g, (found) => jsonEscape(found));
}

/**
 * A text as a URL, or as one relative to `base`; undefined if it is not one. Not with `URL.parse` or `URL.canParse`: once
 * such a call is compiled, Node 20 and 22 refuse hosts such as `bücher.example`.
 */
export function parseUrl(text: string, base?: string | URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
