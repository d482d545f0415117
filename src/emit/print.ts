/**
 * The only ways for a text of the document to become part of a TypeScript or JSON file. Control, bidi and
 * invisible characters are written as escapes: a reviewer sees what the compiler sees (CVE-2021-42574).
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const identifier = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** A string literal that is valid as TypeScript and as JSON. */
export function printString(text: string): string {
  return escapeInvisible(JSON.stringify(text));
}

/** An expression whose value is the given one; members that are undefined are left out. */
export function printValue(value: unknown): string {
  if (typeof value === 'string') return printString(value);
  if (Array.isArray(value)) return `[${value.map(printValue).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return printObject(value);
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}

function printObject(value: object): string {
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `${printKey(key)}: ${printValue(member)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** The name of a property in an object literal. */
export function printKey(key: string): string {
  // Any other spelling of this key sets the prototype instead of a property.
  if (key === '__proto__') return "['__proto__']";
  // The compiler takes such a key for the method that every object has, whatever type the object is given.
  if (Object.hasOwn(Object.prototype, key)) return `[${printString(key)} as string]`;
  return identifier.test(key) ? key : printString(key);
}

/** One line of text that cannot end the comment it stands in, neither a block nor a line comment. */
export function printComment(text: string): string {
  return printLine(text).replaceAll('*/', '*\\/');
}

/** One line of plain text, for where there is no syntax to break but the line itself. */
export function printLine(text: string): string {
  return escapeInvisible(text.replace(/\s+/gu, ' ').trim());
}

function escapeInvisible(text: string): string {
  return text.replace(invisible, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
