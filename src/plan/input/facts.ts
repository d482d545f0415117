import { truncate } from '../../../templates/src/runtime/text.js';
import type { Json, JsonObject } from '../../load/document.js';
import { array, reachable, scalar, texts } from '../../json.js';
import { refOf, resolve } from '../../pointer.js';

/** The name of the component that a schema refers to. */
export function nameOf(schema: Json | undefined): string | undefined {
  return /^#\/components\/schemas\/([^/]+)$/.exec(refOf(schema) ?? '')?.[1];
}

/** The required names of an object, including inherited ones. */
export function requiredOf(schema: Json | undefined, root: JsonObject): Set<string> {
  const parts = reachable(resolve(root, schema), ({ allOf }) =>
    array(allOf).map((part) => resolve(root, part)),
  );
  return new Set([...parts].flatMap((part) => texts(part['required'])));
}

/** The constraints on a value, in a few words. */
export function factsOf(schema: JsonObject, isRequired: boolean, root: JsonObject): string {
  const { enum: values, format, minimum, maximum, maxLength, pattern } = schema;
  const type = texts([schema['type'] ?? []].flat()).filter((name) => name !== 'null');
  const items = type.includes('array') ? resolve(root, schema['items']) : undefined;
  const itemType = items && scalar(items['type']);
  const listedValues = array(values ?? items?.['enum']).slice(0, 12);
  const shown = listedValues.flatMap((value) => scalar(value) ?? []).join(', ');
  return [
    itemType === undefined ? type.join(' or ') || 'any' : `list of ${itemType}`,
    ...(typeof format === 'string' ? [format] : []),
    ...(shown === '' ? [] : [`one of ${shown}`]),
    ...(typeof minimum === 'number' ? [`at least ${minimum}`] : []),
    ...(typeof maximum === 'number' ? [`at most ${maximum}`] : []),
    ...(typeof maxLength === 'number' ? [`at most ${maxLength} characters`] : []),
    ...(typeof pattern === 'string' ? [`matches ${pattern}`] : []),
    ...(isRequired ? ['required'] : []),
  ].join(', ');
}

/** The first sentence of a text, truncated if necessary. */
export function brief(meaning: string): string {
  const [line = ''] = meaning.split(/\r?\n/, 1);
  return line.length <= 100 ? line : truncate(line, 99);
}
