import { jsonEscape, percentEncode } from '../http.js';

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
