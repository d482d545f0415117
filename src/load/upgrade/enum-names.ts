import type { Json, JsonObject } from '../document.js';
import { array, object, scalar, text } from '../../json.js';
import { someOf } from '../../numbers.js';

/** Extensions with one text for each value: NSwag, openapi-generator and swaggo, Redocly and Speakeasy. */
const NAMES = ['x-enumNames', 'x-enum-varnames', 'x-enum-names', 'x-speakeasy-enums'];
const MEANINGS = ['x-enum-descriptions', 'x-enumDescriptions', 'x-speakeasy-enum-descriptions'];
/** Extensions with an object for each value: Square and Bungie. AutoRest's contains such a list. */
const ELEMENTS = ['x-enum-elements', 'x-enum-values'];

const MOST_TEXTS = 64;

/** Adds the names of the values of an `enum` to its description: a model cannot know what 0 and 1 mean. */
export function nameValues(schema: JsonObject): void {
  const values = array(schema['enum']);
  if (values.length === 0) {
    nameExtensible(schema);
    return;
  }
  const own = text(schema['description']) ?? '';
  const lines = values.flatMap((value, index) => lineOf(schema, value, index));
  const isKnown = lines.every(({ meaning }) => own.includes(meaning));
  // Of many texts, such as codes of countries, a model knows the meanings.
  const isLong = lines.length > MOST_TEXTS && values.every((value) => typeof value === 'string');
  if (isKnown || isLong) return;
  addText(schema, lines.map(({ value, meaning }) => `${value}: ${meaning}`).join('\n'));
}

/** The values that an API knows today (Zalando's guidelines, rule 112): an `enum` would exclude later ones. */
function nameExtensible(schema: JsonObject): void {
  const values = array(schema['x-extensible-enum']).flatMap((value) => scalar(value) ?? []);
  const own = text(schema['description']) ?? '';
  if (values.every((value) => own.includes(value))) return;
  addText(schema, `Known values: ${someOf(values, MOST_TEXTS)}`);
}

function addText(schema: JsonObject, added: string): void {
  schema['description'] = [text(schema['description']), added].filter(Boolean).join('\n\n');
}

function lineOf(
  schema: JsonObject,
  value: Json,
  index: number,
): { value: string; meaning: string }[] {
  const shown = scalar(value);
  if (shown === undefined) return [];
  const lists = [object(schema['x-ms-enum'])['values'], ...ELEMENTS.map((key) => schema[key])];
  const element = object(array(lists.find((list) => list !== undefined))[index]);
  const own = text(element['identifier']) ?? text(element['name']);
  const name = textAt(schema, NAMES, shown, index) ?? own;
  const more = textAt(schema, MEANINGS, shown, index) ?? text(element['description']);
  // A text usually names itself.
  const isNumber = typeof value === 'number' || /^-?\d+$/.test(shown);
  const meaning = [isNumber ? name : undefined, more].filter(Boolean).join(': ');
  return meaning === '' ? [] : [{ value: shown, meaning }];
}

/** The text for a value, from a list in the same order or from an object by value. */
function textAt(
  schema: JsonObject,
  extensions: readonly string[],
  value: string,
  index: number,
): string | undefined {
  const held = extensions.map((key) => schema[key]).find((one) => one !== undefined);
  return text(array(held)[index]) ?? text(object(held)[value]);
}
