import { percentEncode } from '../upstream/percent.js';

/** Keeps this server's upstream secrets out of what goes back to a caller. */
export interface Secrets {
  /** Replaces every occurrence, also base64, percent-encoded and inside a JSON string. */
  readonly mask: (text: string) => string;
  /** The same for a text that was cut: a secret's first part at the very end goes too. */
  readonly maskCut: (text: string) => string;
  /** These and more. */
  readonly and: (values: readonly string[]) => Secrets;
}

const replacement = '[redacted]';

/** Shorter "secrets" would blacken ordinary words and digits, and guard nothing. */
const shortest = 4;

/** Values that are not to be shown, in all the forms an API may repeat them in. */
export function createSecrets(values: readonly string[]): Secrets {
  return ofForms(values.flatMap(formsOf));
}

function ofForms(all: readonly string[]): Secrets {
  const forms = [...new Set(all)]
    .filter((form) => form.length >= shortest)
    // The longest first, or a form inside another would leave the rest of it behind.
    .sort((a, b) => b.length - a.length);
  const mask = (text: string): string =>
    forms.reduce((masked, form) => masked.replaceAll(form, replacement), text);
  return {
    mask,
    maskCut: (text) => mask(dropPartial(text, forms)),
    and: (values) =>
      values.length === 0 ? ofForms(forms) : ofForms([...forms, ...values.flatMap(formsOf)]),
  };
}

/** Whether a header is called as if it carried a secret; masking all of them would blacken tenants and versions. */
export function isTellingHeader(name: string): boolean {
  return /auth|cookie|credential|key|pass|secret|signature|token/i.test(name);
}

function formsOf(value: string): string[] {
  const base64 = [
    Buffer.from(value, 'utf8').toString('base64').replace(/=+$/, ''),
    ...base64Within(value),
  ];
  const percent = percentEncode(value);
  const json = JSON.stringify(value).slice(1, -1);
  return [
    value,
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    ...base64.map(percentEncode),
    percent,
    percent.replace(/%[0-9A-F]{2}/g, (triplet) => triplet.toLowerCase()),
    percent.replaceAll('%20', '+'),
    encodeURIComponent(value),
    // As forms are written (WHATWG URL, application/x-www-form-urlencoded): with a tilde encoded and an asterisk not.
    new URLSearchParams({ '': value }).toString().slice(1),
    json,
    json.replaceAll('/', '\\/'),
    // As writers of JSON for web pages do it.
    json.replace(/[&<>'+=/]/g, escapeUnicode),
    json.replace(/[&<>'+=/]/g, (character) =>
      escapeUnicode(character).toUpperCase().replace('U', 'u'),
    ),
    ...htmlForms(value),
  ];
}

/**
 * A value as it stands in the base64 of something longer, such as a whole header; where it begins there makes three
 * cases. What is made of the neighbours too is left out, and of a short value not enough would be left.
 */
function base64Within(value: string): string[] {
  if (value.length < 2 * shortest) return [];
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from('.'.repeat(before) + value, 'utf8').toString('base64');
    return encoded.slice(before === 0 ? 0 : before + 1).replace(/.=+$/, '');
  });
}

function escapeUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function htmlForms(value: string): string[] {
  const basic = value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return [basic, ...['&#39;', '&#x27;', '&apos;'].map((quote) => basic.replaceAll("'", quote))];
}

function dropPartial(text: string, forms: readonly string[]): string {
  const lengths = forms.map((form) => partialLength(text, form));
  const longest = Math.max(0, ...lengths);
  return longest === 0 ? text : text.slice(0, -longest) + replacement;
}

/** How much of a form's beginning the text ends with; one or two characters tell nothing. */
function partialLength(text: string, form: string): number {
  for (let { length } = form; length >= shortest - 1; length -= 1) {
    if (text.endsWith(form.slice(0, length))) return length;
  }
  return 0;
}
