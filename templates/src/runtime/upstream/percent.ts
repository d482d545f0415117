/**
 * Percent-encodes all but the unreserved characters of RFC 3986 section 2.3. `encodeURIComponent` leaves
 * `!'()*` alone, which are reserved.
 */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * The reserved characters that `allowReserved` lets through, by place. Left out are those that would change
 * the structure around the value: OpenAPI 3.1.1 (Parameter Object, `allowReserved`) makes encoding `[ ] #`
 * and the form's own `& +` our duty; in a path it is `/ ? #`, in a cookie `; ,` (RFC 6265 section 4.1.1).
 */
const kept = {
  query: ":/?@!$'()*,;=",
  path: ":@!$&'()*+,;=",
  cookie: ":/?#[]@!$&'()*+=",
};

/**
 * Reserved expansion (RFC 6570 section 3.2.3). Percent-encoded triplets pass as they are, except in a path,
 * where `%2e%2e` and `%2f` would be a way out of the segment.
 */
export function percentEncodeReserved(text: string, place: keyof typeof kept): string {
  const pieces = place === 'path' ? /[^]/gu : /%[0-9A-Fa-f]{2}|[^]/gu;
  return text.replace(pieces, (piece) =>
    kept[place].includes(piece) || piece.length === 3 ? piece : percentEncode(piece),
  );
}
