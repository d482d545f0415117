import type { Body, PartEncoding } from '../../templates/src/runtime/api.js';
import type { Json, JsonObject } from '../load/document.js';
import { array, isObject, object, record, text } from '../json.js';
import { resolve } from './reference.js';

/** The request body of an operation, before its schema is converted. */
export interface PlannedBody {
  readonly required: boolean;
  readonly description?: string;
  /** Absent for bodies that are bytes. */
  readonly schema?: Json;
  readonly mediaType: string;
  /** How schemas are read: parts of a multipart body, and bytes, travel as base64. */
  readonly kind: 'json' | 'form' | 'multipart' | 'text' | 'binary';
  readonly encoding: JsonObject;
}

const RANKS: readonly PlannedBody['kind'][] = ['json', 'form', 'multipart', 'text', 'binary'];

/** The body in the media type that a model writes best: JSON, forms, multipart, text, bytes, in this order. */
export function planBody(root: JsonObject, requestBody: Json | undefined): PlannedBody | undefined {
  if (!isObject(requestBody)) return undefined;
  const body = resolve(root, requestBody);
  const media = Object.entries(object(body['content'])).map(([mediaType, value]) => ({
    mediaType,
    value: object(value),
    kind: kindOf(mediaType, object(value)),
  }));
  const [best] = media.sort((a, b) => RANKS.indexOf(a.kind) - RANKS.indexOf(b.kind));
  if (best === undefined) return undefined;
  const description = text(body['description']);
  return {
    required: body['required'] === true,
    ...(description !== undefined && { description }),
    ...(best.kind !== 'binary' && { schema: schemaOf(best.value, best.kind) }),
    mediaType: concrete(best.mediaType, best.kind),
    kind: best.kind,
    encoding: object(best.value['encoding']),
  };
}

/** The wire shape of a body whose schema has been converted. */
export function bodyShape(
  body: PlannedBody,
  schema: JsonObject | boolean,
  definitions: JsonObject | undefined,
): Body {
  const parts =
    body.kind === 'multipart' || body.kind === 'form' ? partsOf(body, schema, definitions) : {};
  return {
    mediaType: body.mediaType,
    ...(body.kind === 'binary' && { binary: true }),
    ...(Object.keys(parts).length > 0 && { encoding: parts }),
  };
}

function kindOf(mediaType: string, media: JsonObject): PlannedBody['kind'] {
  const type = mediaType.toLowerCase().split(';', 1)[0]?.trim() ?? '';
  if (/^(application|text)\/json$/.test(type) || type.endsWith('+json') || type === 'application/*')
    return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type.startsWith('multipart/')) return 'multipart';
  if (
    type.startsWith('text/') ||
    /[/+]xml$/.test(type) ||
    /\b(yaml|graphql|ndjson|x-ndjson)$/.test(type)
  )
    return 'text';
  return type === '*/*' && object(media['schema'])['format'] !== 'binary' ? 'json' : 'binary';
}

function schemaOf(media: JsonObject, kind: PlannedBody['kind']): Json {
  return kind === 'text' ? { type: 'string' } : (media['schema'] ?? {});
}

function concrete(mediaType: string, kind: PlannedBody['kind']): string {
  if (!mediaType.includes('*')) return mediaType;
  return {
    json: 'application/json',
    form: mediaType,
    multipart: 'multipart/form-data',
    text: 'text/plain',
    binary: 'application/octet-stream',
  }[kind];
}

function partsOf(
  body: PlannedBody,
  schema: JsonObject | boolean,
  definitions: JsonObject | undefined,
): Record<string, PartEncoding> {
  const properties = propertiesOf(schema, definitions ?? {});
  const names = new Set([...properties.keys(), ...Object.keys(body.encoding)]);
  const entries = [...names].map(
    (name) => [name, encodingOf(object(body.encoding[name]), properties.get(name))] as const,
  );
  return record(entries);
}

function encodingOf(encoding: JsonObject, property: Json | undefined): PartEncoding | undefined {
  const contentType = text(encoding['contentType'])?.split(',', 1)[0]?.trim();
  const style = (['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'] as const).find(
    (known) => known === encoding['style'],
  );
  const { explode, allowReserved } = encoding;
  const result: PartEncoding = {
    ...(contentType !== undefined && !contentType.includes('*') && { contentType }),
    ...(isBinary(property) && { binary: true }),
    ...(style !== undefined && { style }),
    ...(typeof explode === 'boolean' && { explode }),
    ...(allowReserved === true && { allowReserved }),
  };
  return Object.keys(result).length === 0 ? undefined : result;
}

function isBinary(property: Json | undefined): boolean {
  const { contentEncoding, items, allOf, anyOf, oneOf } = object(property);
  if (contentEncoding === 'base64' || (items !== undefined && isBinary(items))) return true;
  return [allOf, anyOf, oneOf].some((branches) => array(branches).some(isBinary));
}

/** The properties of an object schema, those it takes over by `$ref` and `allOf` included. */
function propertiesOf(
  schema: JsonObject | boolean,
  definitions: JsonObject,
  seen: ReadonlySet<string> = new Set(),
): Map<string, Json> {
  const { $ref: ref, allOf, anyOf, oneOf, properties } = object(schema);
  const name = typeof ref === 'string' ? ref.replace('#/$defs/', '') : undefined;
  const target = name === undefined || seen.has(name) ? undefined : definitions[name];
  const inherited = [
    ...(isObject(target) ? [target] : []),
    ...[allOf, anyOf, oneOf].flatMap(array).filter(isObject),
  ];
  const visited = name === undefined ? seen : new Set([...seen, name]);
  return new Map([
    ...inherited.flatMap((part) => [...propertiesOf(part, definitions, visited)]),
    ...Object.entries(object(properties)),
  ]);
}
