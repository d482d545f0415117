import { Cache } from '../limits.js';
import { jsonEscape, percentEncode } from '../text.js';

/**
 * Masks this server's upstream secrets in everything that goes back to a caller, in the forms in which an API may
 * repeat them: in any case, base64, hex, percent-encoded, UTF-16, and as JSON and HTML write them. A safety net, not
 * a barrier: an API that wants to leak a secret will find another form.
 */
export interface Secrets {
  /** Whether a text contains a secret. */
  readonly includes: (text: string) => boolean;
  /** Replaces every occurrence; returns the same text if there is none. */
  readonly mask: (text: string) => string;
  /** The same for a truncated text: the beginning of a secret at its very end is masked too. */
  readonly maskCut: (text: string) => string;
  /**
   * The same for a JSON text, where escapes such as `\u0041` hide a secret from a search in the text but not from one
   * in the values. The result is meant to be parsed, so that one parse is enough; numbers stay as they were written.
   */
  readonly maskJson: (text: string) => string;
  /** These secrets and more. */
  readonly and: (values: readonly string[]) => Secrets;
}

/** Part of a text: from its first character to the one after its last. */
type Place = readonly [start: number, end: number];

const replacement = '[redacted]';
/** Shorter "secrets" would mask ordinary words and digits, and protect nothing. */
const shortest = 4;
/** Characters of each form for the first search. */
const headLength = 8;
/** Maximum patterns kept for values of single calls. Tokens of one issuer begin alike, so few are needed. */
const maxPatterns = 50;

/** Values that must not be shown. */
export function createSecrets(values: readonly string[]): Secrets {
  const fixed = foldedForms(values);
  const patterns = new Cache<RegExp>({ max: maxPatterns });
  const create = (more: readonly string[]): Secrets => {
    // Keyed by beginnings, which are all that a pattern is made of: no token outlives its call here.
    const key = JSON.stringify(more.map(beginningOf));
    const pattern = patterns.get(key) ?? patternOf([...values, ...more]);
    patterns.set(key, pattern, Infinity);
    let forms: readonly string[] | undefined;
    const places = createSearch(pattern, () => (forms ??= [...fixed, ...foldedForms(more)]));
    const and = (added: readonly string[]): Secrets => {
      const long = added.filter((value) => value.length >= shortest);
      return long.length === 0 ? secrets : create([...more, ...long]);
    };
    const isWide = [...values, ...more].some((value) => /[^\0-\x7f]/.test(value));
    const secrets = { ...createMasks(places, isWide), and };
    return secrets;
  };
  return create([]);
}

type Search = (text: string, isCut?: boolean) => Place[];

/**
 * A quick check: most texts do not contain the beginning of any form, and generating the forms of a long token takes
 * longer than searching most texts.
 */
function createSearch(pattern: RegExp, forms: () => readonly string[]): Search {
  return (text, isCut = false) => {
    const folded = fold(text);
    const isLikely = pattern.test(folded);
    if (!isLikely && !isCut) return [];
    const whole = isLikely ? forms().flatMap((form) => placesOf(form, folded)) : [];
    return isCut ? [...whole, ...forms().flatMap((form) => cutPlace(form, folded))] : whole;
  };
}

function createMasks(places: Search, isWide: boolean): Omit<Secrets, 'and'> {
  const mask = (text: string): string => replace(text, places(text));
  return {
    includes: (text) => places(text).length > 0,
    mask,
    maskCut: (text) => replace(text, places(text, true)),
    maskJson(text) {
      const plain = unescapeJson(text, isWide);
      const masked = mask(plain);
      return masked === plain ? text : masked;
    },
  };
}

function patternOf(values: readonly string[]): RegExp {
  const heads = foldedForms(values.map(beginningOf)).map((form) => form.slice(0, headLength));
  const parts = [...new Set(heads)].map((head) => head.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(parts.join('|') || '(?!)');
}

/** Enough of a value to know how each of its forms begins. Whole characters, since a lone surrogate has no UTF-8. */
function beginningOf(value: string): string {
  return Array.from(value.slice(0, 2 * headLength))
    .slice(0, headLength)
    .join('');
}

/** Lower case that keeps the length and does not depend on context; two letters would otherwise. */
function fold(text: string): string {
  return text.replaceAll('İ', 'i').replaceAll('Σ', 'σ').toLowerCase();
}

/** All occurrences, including overlapping ones: masking one must not leave the rest of another. */
function placesOf(form: string, text: string): Place[] {
  const places: Place[] = [];
  for (let start = text.indexOf(form); start !== -1; start = text.indexOf(form, start + 1))
    places.push([start, start + form.length]);
  return places;
}

/** The length of a form's beginning at the end of a text; one or two characters reveal nothing. */
function cutPlace(form: string, text: string): Place[] {
  const head = form.slice(0, shortest - 1);
  let start = text.indexOf(head, text.length - form.length);
  while (start !== -1 && !form.startsWith(text.slice(start))) start = text.indexOf(head, start + 1);
  return start === -1 ? [] : [[start, text.length]];
}

function replace(text: string, places: readonly Place[]): string {
  let [masked, done] = ['', 0];
  for (const [start, end] of places.toSorted(([a], [b]) => a - b)) {
    if (start >= done) masked += text.slice(done, start) + replacement;
    done = Math.max(done, end);
  }
  return masked + text.slice(done);
}

/**
 * A JSON text with only the escapes that it needs; those are among the forms. Escapes beyond ASCII stay unless a secret
 * is: texts in Asian scripts may be nothing else.
 */
function unescapeJson(text: string, isWide: boolean): string {
  if (!text.includes('\\u') && !text.includes('\\/')) return text;
  let [plain, done] = ['', 0];
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', at + 2)) {
    const [end, code] = text[at + 1] === '/' ? [at + 2, 47] : [at + 6, codeAt(text, at, isWide)];
    if (Number.isNaN(code)) continue;
    const character = String.fromCharCode(code);
    // Two halves of a character are one only if neither is escaped.
    plain += text.slice(done, at) + (code < 0x80 ? inJson(character) : character);
    done = end;
    at = end - 2;
  }
  return plain + text.slice(done);
}

/** The code of an escape such as `\u0041`; NaN for any other. */
function codeAt(text: string, index: number, isWide: boolean): number {
  const isAscii = text.startsWith('\\u00', index) && text.charAt(index + 4) < '8';
  const isRead = isAscii || (isWide && text[index + 1] === 'u');
  return isRead ? Number(`0x${text.slice(index + 2, index + 6)}`) : NaN;
}

/** Whether the name of a header suggests a secret; masking all headers would also mask tenants and versions. */
export function isSecretHeader(name: string): boolean {
  return /auth|cookie|credential|key|pass|secret|signature|token/i.test(name);
}

function foldedForms(values: readonly string[]): string[] {
  return [...new Set(values.flatMap(formsOf).map(fold))];
}

/** The forms of a value, each also as a JSON string writes it. */
function formsOf(value: string): string[] {
  if (value.length < shortest) return [];
  const hex = Buffer.from(value).toString('hex');
  const encoded = [...base64Forms(value), ...percentForms(value), hex, hex.replace(/../g, '%$&')];
  const written = [value, ...encoded, ...jsonForms(value), ...htmlForms(value)];
  // UTF-16 of either byte order, and UTF-8, where bytes are read as characters.
  const bytes = [Array.from(value).join('\0'), Buffer.from(value).toString('latin1')];
  return [...written, ...written.map(inJson), ...bytes];
}

/**
 * Alone, and inside the base64 of something longer, such as a whole header; its offset there makes three cases.
 * Characters that also depend on neighbouring bytes are left out; too little of a short value would remain.
 */
function base64Forms(value: string): string[] {
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  const within = [0, 1, 2].map((before) =>
    encode('.'.repeat(before) + value).slice(before === 0 ? 0 : before + 1),
  );
  const parts = value.length < 2 * shortest ? [] : within.map((form) => form.replace(/.=+$/, ''));
  return [encode(value).replace(/=+$/, ''), ...parts].flatMap((form) => {
    return [form, form.replaceAll('+', '-').replaceAll('/', '_'), percentEncode(form)];
  });
}

function percentForms(value: string): string[] {
  const percent = percentEncode(value);
  // As in forms (WHATWG URL, application/x-www-form-urlencoded): a tilde is encoded, an asterisk is not.
  const form = new URLSearchParams({ '': value }).toString().slice(1);
  return [percent, percent.replaceAll('%20', '+'), encodeURIComponent(value), form];
}

function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function jsonForms(value: string): string[] {
  const json = inJson(value);
  // As JSON serializers for web pages do it.
  const forPages = json.replace(/[&<>'+=/]/g, (found) => jsonEscape(found));
  return [json, json.replaceAll('/', '\\/'), forPages];
}

function htmlForms(value: string): string[] {
  const marks = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  const basic = value.replace(/[&<>"]/g, (mark) => marks[mark as keyof typeof marks]);
  return [basic, ...['&#39;', '&#x27;', '&apos;'].map((quote) => basic.replaceAll("'", quote))];
}
