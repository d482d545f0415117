import { isJsonLines } from '../../../templates/src/runtime/media.js';
import type { Json, JsonObject } from '../../load/document.js';
import { array, isObject, object, record, scalar, text } from '../../json.js';
import { refOf, resolve } from '../../pointer.js';
import { brief, factsOf, requiredOf } from './facts.js';
import { fileUse, isBytes, propertiesOf } from './properties.js';
import { bothTexts } from '../schema/adjust.js';
import { describeXml, writeXml } from './xml.js';

/** Depth to which a structure is described in words. */
const MOST_LEVELS = 5;
/** Maximum characters of that description; further members are skipped. */
const MOST_CHARACTERS = 1600;

/**
 * The argument for a body that a model writes as text. It names the media type and describes the structure in words,
 * since a schema can only describe JSON.
 */
export function textSchema(
  mediaType: string,
  schema: Json | undefined,
  example: Json | undefined,
  root: JsonObject,
): JsonObject {
  const target = resolve(root, schema);
  const own = isScalarSchema(target) ? target : {};
  const examples =
    example === undefined ? undefined : exampleText(mediaType, schema, example, root);
  const description = bothTexts(target['description'], outline(mediaType, schema, root));
  return {
    ...own,
    type: isString(own) ? 'string' : (own['type'] ?? 'string'),
    ...(description !== undefined && { description }),
    ...(examples !== undefined && { examples: [examples] }),
  };
}

/**
 * A form whose members that are sent as XML are described as its text, and those that may be anything as files, also
 * those that it inherits.
 */
export function withTypedParts(
  schema: Json | undefined,
  encoding: JsonObject,
  root: JsonObject,
  seen = new Set<string>(),
  depth = 0,
): Json | undefined {
  const ref = refOf(schema);
  // What a form inherits twice adds nothing, and following it each time multiplies with every level.
  if (ref !== undefined && seen.has(ref)) return {};
  if (ref !== undefined) seen.add(ref);
  const form = resolve(root, schema);
  const asFile = (one: Json) => ({ ...resolve(root, one), type: 'string', format: 'binary' });
  const inherited = depth < MOST_LEVELS ? array(form['allOf']) : [];
  const allOf = inherited.map(
    (part) => withTypedParts(part, encoding, root, seen, depth + 1) ?? part,
  );
  const parts = Object.entries(object(form['properties'])).flatMap(([name, part]) => {
    const type = text(object(encoding[name])['contentType']) ?? '';
    if (isFile(type, part, root)) return [[name, partAs(part, root, asFile)] as const];
    const isXml = kindOf(type) === 'XML' && fileUse(part, root) === 'never';
    const asText = (one: Json) => textSchema(type, one, undefined, root);
    return isXml ? [[name, partAs(part, root, asText)] as const] : [];
  });
  if (parts.length === 0 && allOf.every((part, at) => part === inherited[at])) return schema;
  return {
    ...form,
    ...(allOf.length > 0 && { allOf }),
    ...(parts.length > 0 && {
      properties: { ...object(form['properties']), ...record<Json>(parts) },
    }),
  };
}

/** Each item of a list is a part. */
function partAs(part: Json, root: JsonObject, as: (one: Json) => JsonObject): JsonObject {
  const { items = {}, ...list } = resolve(root, part);
  return list['type'] === 'array' ? { ...list, items: as(items) } : as(part);
}

/** In OpenAPI 3.1, bytes have no type (Considerations for File Uploads). */
function isFile(contentType: string, part: Json, root: JsonObject): boolean {
  const whole = resolve(root, part);
  const one = whole['type'] === 'array' ? resolve(root, whole['items']) : whole;
  const isOpen = Object.keys(one).every((key) => key === 'description' || key === 'title');
  const [contentMediaType = ''] = contentType.split(/[;,]/, 1);
  return isOpen && contentType !== '' && isBytes({ contentMediaType });
}

function isString({ type }: JsonObject): boolean {
  return [type ?? []].flat().includes('string');
}

/** Whether each value of a schema has exactly one text form; numbers are sent with their digits. */
function isScalarSchema(schema: JsonObject): boolean {
  const { type } = schema;
  return isString(schema) || type === 'integer' || type === 'number' || type === 'boolean';
}

function outline(mediaType: string, schema: Json | undefined, root: JsonObject): string {
  const target = resolve(root, schema);
  const isStructured = propertiesOf(schema, root).size > 0 || target['type'] === 'array';
  const kind = kindOf(mediaType);
  const type = mediaType.split(';', 1)[0] ?? '';
  if (!isStructured)
    return kind === undefined ? `The content, as text (${type}).` : `${kind} (${type}).`;
  const intro = kind === undefined ? `Text (${type})` : `${kind} (${type})`;
  if (kind === 'XML') return `${intro} like this:\n${describeXml(schema, root)}`;
  if (kind === 'CSV' && target['type'] === 'array')
    return `${intro}: a header line and one line per item, with the columns:\n${listed(target['items'], root)}`;
  return `${intro} with the members:\n${listed(schema, root)}`;
}

function kindOf(mediaType: string): 'XML' | 'CSV' | 'YAML' | 'JSON lines' | undefined {
  if (isJsonLines(mediaType)) return 'JSON lines';
  if (/[/+]xml\b/i.test(mediaType)) return 'XML';
  if (/[/+](?:x-)?ya?ml\b/i.test(mediaType)) return 'YAML';
  return /[/+](?:csv|comma-separated-values)\b/i.test(mediaType) ? 'CSV' : undefined;
}

/** One line per member: name, type, constraints and meaning. */
function listed(schema: Json | undefined, root: JsonObject): string {
  const lines: string[] = [];
  let length = 0;
  const add = (line: string) => {
    length += line.length;
    if (length <= MOST_CHARACTERS) lines.push(line);
  };
  const walk = (part: Json | undefined, depth: number): void => {
    if (depth > MOST_LEVELS || length > MOST_CHARACTERS) return;
    const item = itemOf(part, root);
    const required = requiredOf(item, root);
    for (const [name, value] of propertiesOf(item, root)) {
      const own = resolve(root, value);
      if (own['readOnly'] === true) continue;
      const facts = factsOf(own, required.has(name), root);
      const meaning = text(own['description']);
      add(
        `${'  '.repeat(depth)}- ${name}: ${facts}${meaning === undefined ? '' : `. ${brief(meaning)}`}`,
      );
      walk(value, depth + 1);
    }
  };
  walk(schema, 0);
  return length > MOST_CHARACTERS ? [...lines, '…'].join('\n') : lines.join('\n');
}

/** A schema, or that of the items in lists of lists. */
function itemOf(part: Json | undefined, root: JsonObject): Json | undefined {
  let item = part;
  for (let level = 0; level < MOST_LEVELS; level += 1) {
    const { type, items } = resolve(root, item);
    if (type !== 'array') break;
    item = items;
  }
  return item;
}

/** An example in the text form of its media type; JSON is also valid YAML. */
function exampleText(
  mediaType: string,
  schema: Json | undefined,
  example: Json,
  root: JsonObject,
): string {
  if (typeof example === 'string') return example;
  const kind = kindOf(mediaType);
  if (kind === 'XML') return writeXml(schema, example, root);
  const rows = array(example);
  if (kind === 'CSV' && rows.length > 0 && rows.every(isObject)) return writeCsv(rows.map(object));
  return JSON.stringify(example);
}

function writeCsv(rows: readonly JsonObject[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value: Json | undefined) => {
    const written =
      value === undefined || value === null ? '' : (scalar(value) ?? JSON.stringify(value));
    return /[",\r\n]/.test(written) ? `"${written.replaceAll('"', '""')}"` : written;
  };
  const lines = rows.map((row) => {
    const own = record(Object.entries(row));
    return columns.map((column) => cell(own[column])).join(',');
  });
  return [columns.map(cell).join(','), ...lines].join('\n');
}
