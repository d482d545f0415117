const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Whether JSON has more members or levels than allowed. Counted in its bytes, before parsing: to parse, validate and
 * write again a few megabytes of short keys would keep every other caller waiting for seconds.
 */
export function isOversized(
  json: Uint8Array,
  { maxMembers, maxDepth }: { readonly maxMembers: number; readonly maxDepth: number },
): boolean {
  let [members, depth] = [0, 0];
  for (let index = 0; index < json.length; index += 1) {
    const byte = json[index];
    if (byte === QUOTE) index = endOfString(json, index);
    else if (byte === COMMA) members += 1;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      members += 1;
      depth += 1;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
    if (members > maxMembers || depth > maxDepth) return true;
  }
  return false;
}

/** The index of the closing quote. Every byte of a multi-byte character is above ASCII, so none looks like one. */
function endOfString(json: Uint8Array, start: number): number {
  let index = start + 1;
  while (index < json.length && json[index] !== QUOTE) index += json[index] === BACKSLASH ? 2 : 1;
  return index;
}

const utf8 = new TextDecoder();

/** The value of a JSON text in UTF-8; undefined when it is not JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}
