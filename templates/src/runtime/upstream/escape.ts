import { percentEncode } from '../http.js';

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
export type Place = keyof typeof KEPT;

/**
 * Reserved expansion (RFC 6570 section 3.2.3). Percent-encoded triplets pass unchanged, except in a path, where
 * `%2e%2e` and `%2f` would escape from the segment.
 */
export function percentEncodeReserved(text: string, place: Place): string {
  const pieces = place === 'path' ? /[^]/gu : /%[0-9A-Fa-f]{2}|[^]/gu;
  return text.replace(pieces, (piece) =>
    KEPT[place].includes(piece) || piece.length === 3 ? piece : percentEncode(piece),
  );
}

/** Several path segments, each escaped on its own. */
export function segments(text: string): string {
  return text.split('/').map(percentEncode).join('/');
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
 * Whether a path segment leads elsewhere. Before dots are resolved, some servers remove `;x`, blanks or what follows
 * a NUL from a segment, or replace full-width characters, and some proxies decode once or twice.
 */
export function isDots(part: string): boolean {
  // Most parts have neither a dot nor anything that could become one.
  if (!/[.%]|[^\0-\x7f]/.test(part)) return false;
  let text = part.normalize('NFKC');
  for (let round = 0; round < 4; round += 1) {
    if (/(^|[/\\])\.\.([/\\;\0]|\s{0,9}$)|^\.(;[^/\\]*)?$/.test(text)) return true;
    const decoded = text.replace(/%[0-7][0-9a-f]/gi, decodeURIComponent);
    if (decoded === text) return false;
    text = decoded;
  }
  return false;
}
