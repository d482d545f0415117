import { Cache } from '../cache.js';
import { percentEncode } from '../http.js';

/**
 * Keeps this server's upstream secrets out of what goes back to a caller, in the forms that an API may repeat them in:
 * in any case, base64, hex, percent-encoded, UTF-16, and as JSON and HTML write them. A net and not a wall: an API
 * that wants to pass a secret on finds one more form.
 */
export interface Secrets {
  /** Whether a text contains a secret. */
  readonly includes: (text: string) => boolean;
  /** Replaces every occurrence; the same text when there is none. */
  readonly mask: (text: string) => string;
  /** The same for a text that was truncated: the beginning of a secret at the very end goes too. */
  readonly maskCut: (text: string) => string;
  /**
   * The same for a JSON text, where escapes such as `\u0041` hide a secret from a search in the text but not from one
   * in the values. The result is for parsing, so that one parse is enough; numbers stay as they were written.
   */
  readonly maskJson: (text: string) => string;
  /** These and more. */
  readonly and: (values: readonly string[]) => Secrets;
}

/** Part of a text: from its first character to the one after its last. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** By how they begin, as far as a scan knows them. */
type Forms = ReadonlyMap<string, readonly string[]>;

/**
 * Where any of some texts may begin (Wu and Manber, A fast algorithm for multi-pattern searching, 1994): a window moves
 * over the text, and its last two characters tell how far. Most of a text is never looked at; a regular expression of
 * all forms takes ten times as long as this, and longer than parsing the text as JSON.
 */
interface Scan {
  readonly window: number;
  readonly shifts: Uint8Array;
  /** The beginnings, in lower case. */
  readonly heads: ReadonlySet<string>;
}

/** Finds values in a text: `scan` where a form of one may begin, `forms` whether it does. */
interface Finder {
  readonly scan: Scan;
  readonly forms: () => Forms;
}

const replacement = '[redacted]';
/** Shorter "secrets" would blacken ordinary words and digits, and guard nothing. */
const shortest = 4;

/** Characters of each form that a scan knows, and pairs of characters that it tells apart. */
const headLength = 12;
const slots = 4096;

/** Scans kept for values that come with calls. Tokens of one issuer begin alike, so few are needed. */
const maxScans = 50;

/** Values that are not to be shown. */
export function createSecrets(values: readonly string[]): Secrets {
  return ofFinders(createFinders(values, scanFor(values)), new Cache({ max: maxScans }));
}

function ofFinders(finders: readonly Finder[], scans: Cache<Scan>): Secrets {
  const includes = (text: string): boolean =>
    finders.some((one) => placesIn(text, one).next().done !== true);
  const places = (text: string): Place[] => finders.flatMap((one) => [...placesIn(text, one)]);
  const mask = (text: string): string => replace(text, places(text));
  const secrets: Secrets = {
    includes,
    mask,
    maskCut: (text) => replace(text, [...places(text), ...finders.flatMap(endsOf(text))]),
    maskJson(text) {
      const plain = unescapeJson(text);
      const masked = mask(plain);
      return masked === plain ? text : masked;
    },
    and(values) {
      const more = values.flatMap((value) => createFinders([value], knownScan(value, scans)));
      return more.length === 0 ? secrets : ofFinders([...finders, ...more], scans);
    },
  };
  return secrets;
}

function createFinders(values: readonly string[], scan: Scan | undefined): Finder[] {
  let forms: Forms | undefined;
  return scan === undefined ? [] : [{ scan, forms: () => (forms ??= groupForms(values, scan)) }];
}

function groupForms(values: readonly string[], scan: Scan): Forms {
  const groups = new Map<string, string[]>();
  for (const form of values.flatMap(formsOf)) {
    const key = headAt(form, 0, scan);
    groups.set(key, [...(groups.get(key) ?? []), form]);
  }
  return groups;
}

function headAt(text: string, start: number, { window }: Pick<Scan, 'window'>): string {
  return text.slice(start, start + window).toLowerCase();
}

/** By the beginning of a value, which is all that a scan is made of: no token outlives its call here. */
function knownScan(value: string, scans: Cache<Scan>): Scan | undefined {
  const key = beginningOf(value);
  const scan = scans.get(key) ?? scanFor([value]);
  // Also a known one, so that the oldest is the one that was needed least recently.
  if (scan !== undefined) scans.set(key, scan, Infinity);
  return scan;
}

/** Enough of a value to know how each of its forms begins. Whole characters: half of one has no UTF-8. */
function beginningOf(value: string): string {
  return Array.from(value.slice(0, 2 * headLength))
    .slice(0, headLength)
    .join('');
}

/** Undefined without a value that is long enough. */
function scanFor(values: readonly string[]): Scan | undefined {
  const forms = values.flatMap((value) => formsOf(beginningOf(value)));
  if (forms.length === 0) return undefined;
  const window = Math.min(headLength, ...forms.map((form) => form.length));
  const heads = new Set(forms.map((form) => headAt(form, 0, { window })));
  const shifts = new Uint8Array(slots).fill(window - 1);
  for (const head of heads)
    for (let last = 1; last < window; last += 1) {
      const slot = slotOf(head, last);
      shifts[slot] = Math.min(shifts[slot] ?? 0, window - 1 - last);
    }
  return { window, shifts, heads };
}

/** Of two characters, the second at `last`; the same for upper and lower case. */
function slotOf(text: string, last: number): number {
  const [first, second] = [text.charCodeAt(last - 1) | 32, text.charCodeAt(last) | 32];
  return (first * 31 + second) % slots;
}

/** All places of all forms, also those inside one another: replacing one must not leave the rest of another behind. */
function* placesIn(text: string, { scan, forms }: Finder): Generator<Place, undefined> {
  let start = nextCandidate(text, 0, scan);
  for (; start !== -1; start = nextCandidate(text, start + 1, scan)) {
    const head = headAt(text, start, scan);
    // Looked at first, because the forms of a long token take longer to write than most texts to search.
    const begun = scan.heads.has(head) ? (forms().get(head) ?? []) : [];
    for (const form of begun)
      if (startsWith(text, form, start)) yield { start, end: start + form.length };
  }
}

function nextCandidate(text: string, from: number, { window, shifts }: Scan): number {
  for (let last = from + window - 1; last < text.length;) {
    const shift = shifts[slotOf(text, last)] ?? 0;
    if (shift === 0) return last - window + 1;
    last += shift;
  }
  return -1;
}

/** In any case, without a copy of the text, and backwards: it is the ends that tell tokens of one issuer apart. */
function startsWith(text: string, form: string, start: number): boolean {
  for (let index = form.length - 1; index >= 0; index -= 1) {
    const [own, wanted] = [text[start + index], form[index]];
    if (own !== wanted && own?.toLowerCase() !== wanted?.toLowerCase()) return false;
  }
  return true;
}

function replace(text: string, places: readonly Place[]): string {
  if (places.length === 0) return text;
  const pieces: string[] = [];
  let masked = 0;
  for (const { start, end } of places.toSorted((a, b) => a.start - b.start)) {
    if (start >= masked) pieces.push(text.slice(masked, start), replacement);
    masked = Math.max(masked, end);
  }
  return [...pieces, text.slice(masked)].join('');
}

/** A JSON text with no escapes but those that it needs; they are among the forms. */
function unescapeJson(text: string): string {
  if (!text.includes('\\u') && !text.includes('\\/')) return text;
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|[^])/g, (escape, code: string | undefined) => {
    if (code !== undefined) return jsonForm(String.fromCharCode(Number.parseInt(code, 16)));
    return escape === '\\/' ? '/' : escape;
  });
}

/** How much of a form's beginning the text ends with; one or two characters give nothing away. */
function endsOf(text: string): (finder: Finder) => Place[] {
  const least = shortest - 1;
  return ({ forms }) =>
    [...forms().values()].flat().flatMap((whole) => {
      const [rest, form] = [fold(text.slice(-whole.length)), fold(whole)];
      const first = rest.indexOf(form.slice(0, least));
      const length = first === -1 ? 0 : overlap(rest.slice(first), form);
      return length < least ? [] : [{ start: text.length - length, end: text.length }];
    });
}

function fold(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}

/**
 * The length of the longest beginning of `form` that `text` ends with: the last border of the two together, in linear
 * time, because the API chooses the text (Knuth, Morris and Pratt).
 */
function overlap(text: string, form: string): number {
  const both = `${form}\uffff${text}`;
  const borders = [0];
  for (let end = 1, length = 0; end < both.length; end += 1) {
    while (length > 0 && both[length] !== both[end]) length = borders[length - 1] ?? 0;
    if (both[length] === both[end]) length += 1;
    borders.push(length);
  }
  return Math.min(borders.at(-1) ?? 0, form.length);
}

/** Whether a header is named as if it carried a secret; masking all of them would blacken tenants and versions. */
export function isTellingHeader(name: string): boolean {
  return /auth|cookie|credential|key|pass|secret|signature|token/i.test(name);
}

/** The forms of a value, each also as a JSON string writes it. Upper and lower case are not told apart. */
function formsOf(value: string): string[] {
  if (value.length < shortest) return [];
  const hex = Buffer.from(value, 'utf8').toString('hex');
  const written = [
    value,
    ...base64Forms(value),
    ...percentForms(value),
    ...jsonForms(value),
    ...htmlForms(value),
    hex,
    hex.replace(/../g, '%$&'),
  ];
  // UTF-16 of either byte order, and UTF-8, where bytes are read as characters.
  const bytes = [Array.from(value).join('\0'), Buffer.from(value, 'utf8').toString('latin1')];
  return [...new Set([...written, ...written.map(jsonForm), ...bytes])];
}

function base64Forms(value: string): string[] {
  const whole = Buffer.from(value, 'utf8').toString('base64').replace(/=+$/, '');
  return [whole, ...base64Within(value)].flatMap((form) => [
    form,
    form.replaceAll('+', '-').replaceAll('/', '_'),
    percentEncode(form),
  ]);
}

/**
 * A value inside the base64 of something longer, such as a whole header; where it begins there makes three cases.
 * Characters that depend on the neighbours too are left out, and of a short value not enough would be left.
 */
function base64Within(value: string): string[] {
  if (value.length < 2 * shortest) return [];
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from('.'.repeat(before) + value, 'utf8').toString('base64');
    return encoded.slice(before === 0 ? 0 : before + 1).replace(/.=+$/, '');
  });
}

function percentForms(value: string): string[] {
  const percent = percentEncode(value);
  // As forms are written (WHATWG URL, application/x-www-form-urlencoded): with a tilde encoded and an asterisk not.
  const form = new URLSearchParams({ '': value }).toString().slice(1);
  return [percent, percent.replaceAll('%20', '+'), encodeURIComponent(value), form];
}

function jsonForm(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function jsonForms(value: string): string[] {
  const json = jsonForm(value);
  // As writers of JSON for web pages do it.
  const forPages = json.replace(
    /[&<>'+=/]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [json, json.replaceAll('/', '\\/'), forPages];
}

function htmlForms(value: string): string[] {
  const basic = value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return [basic, ...['&#39;', '&#x27;', '&apos;'].map((quote) => basic.replaceAll("'", quote))];
}
