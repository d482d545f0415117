import type { Json, JsonObject } from '../document.js';
import { array, object, scalar, text } from '../../json.js';

/** Extensions with one text for each value: NSwag, openapi-generator and swaggo, Redocly and Speakeasy. */
const NAMES = ['x-enumNames', 'x-enum-varnames'];
const MEANINGS = ['x-enum-descriptions', 'x-enumDescriptions'];

/** Adds the names of the values of an `enum` to its description: a model cannot know what 0 and 1 mean. */
export function nameValues(schema: JsonObject): void {
  const values = array(schema['enum']);
  if (values.length === 0) return;
  const own = text(schema['description']) ?? '';
  const lines = values.flatMap((value, index) => lineOf(schema, value, index));
  const isKnown = lines.every(({ meaning }) => own.includes(meaning));
  if (isKnown) return;
  const list = lines.map(({ value, meaning }) => `${value}: ${meaning}`).join('\n');
  schema['description'] = own === '' ? list : `${own}\n\n${list}`;
}

function lineOf(
  schema: JsonObject,
  value: Json,
  index: number,
): { value: string; meaning: string }[] {
  const shown = scalar(value);
  if (shown === undefined) return [];
  // AutoRest.
  const azure = object(array(object(schema['x-ms-enum'])['values'])[index]);
  const name = textAt(schema, NAMES, shown, index) ?? text(azure['name']);
  const more = textAt(schema, MEANINGS, shown, index) ?? text(azure['description']);
  // A text usually names itself.
  const meaning = [typeof value === 'number' ? name : undefined, more].filter(Boolean).join(': ');
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
