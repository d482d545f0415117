import isIdentifierName from 'is-es5-identifier-name';
import { jsonEscape } from '../../templates/src/runtime/text.js';

/**
 * The functions here are the only way for a text of the document into a TypeScript or JSON file. Control, bidi and
 * invisible characters are written as escapes, so that a reviewer sees what the compiler sees (CVE-2021-42574).
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Nearly all texts consist of these characters, none of which is invisible. */
const printable = /^[ -~]*$/;

/** Printable, without quotes or backslashes: nothing needs an escape. */
const simple = /^[ !#-&(-[\]-~]*$/;

/** A string literal that is valid as TypeScript and as JSON. */
export function printString(text: string): string {
  return escapeInvisible(JSON.stringify(text));
}

/** A string literal of TypeScript in prettier's style: in single quotes, unless double quotes need fewer escapes. */
export function printQuoted(text: string): string {
  if (simple.test(text)) return `'${text}'`;
  const json = printString(text);
  const [singles, doubles] = [text.split("'").length, text.split('"').length];
  if (singles > doubles) return json;
  const content = json.slice(1, -1).replace(/\\.|'/g, (found) => requoted[found] ?? found);
  return `'${content}'`;
}

/** How quotes are written between single quotes, by their form between double quotes. */
const requoted: Readonly<Record<string, string>> = { '\\"': '"', "'": "\\'" };

/** A literal of a value without members. */
export function printScalar(value: unknown): string {
  if (typeof value === 'string') return printQuoted(value);
  if (Object.is(value, -0)) return '-0';
  return JSON.stringify(value).replace('e+', 'e');
}

/**
 * The name of a property in an object literal. U+2E2F was a letter of names in ES5, but not since ECMAScript 2015
 * (Unicode Standard Annex 31, Pattern_Syntax).
 */
export function printKey(key: string): string {
  // Any other spelling of this key sets the prototype instead of a property.
  if (key === '__proto__') return "['__proto__']";
  // The compiler takes such a key for the method that every object has, whatever the type of the object.
  if (Object.hasOwn(Object.prototype, key)) return `[${printQuoted(key)} as string]`;
  if (/^[A-Za-z_$][\w$]*$/.test(key)) return key;
  const isName = isIdentifierName(key) && !key.includes('\u2e2f');
  return isName && escapeInvisible(key) === key ? key : printQuoted(key);
}

/** One line of text that cannot end the comment it is in, whether block or line comment. */
export function printComment(text: string): string {
  return printLine(text).replaceAll('*/', '*\\/');
}

/** One line of plain text, for files where only a line break could do harm. */
export function printLine(text: string): string {
  return escapeInvisible(text.replace(/\s+/gu, ' ').trim());
}

function escapeInvisible(text: string): string {
  if (printable.test(text)) return text;
  return text.replace(invisible, (found) => jsonEscape(found));
}
