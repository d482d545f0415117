import { isDeepStrictEqual } from 'node:util';
import { essence, isJson, isJsonLines } from '../../../templates/src/runtime/media.js';
import type { Json, JsonObject } from '../../load/document.js';
import { array, isObject, object, parseJson, reachable } from '../../json.js';
import { fileUse, isBytes, propertiesOf } from './properties.js';
import { refOf, resolve, targetOf } from '../../pointer.js';
import { textSchema, withTypedParts } from './text-body.js';

/** One media type that a request body may have. */
export interface Media {
  readonly mediaType: string;
  readonly kind: MediaKind;
  readonly schema: Json | undefined;
  /** The schema of each item if the body is a sequence (OpenAPI 3.2). */
  readonly itemSchema: Json | undefined;
  /** Only for data, and only if the schema has none. */
  readonly examples: readonly Json[];
  readonly encoding: JsonObject;
  readonly prefixEncoding: readonly Json[];
  readonly itemEncoding: JsonObject | undefined;
  /** The argument if the body is text. */
  readonly asText: JsonObject;
  /** The form has a field for a file. */
  readonly hasFiles: boolean;
  /** A JSON Patch (RFC 6902), with the schema of the object that it changes. */
  readonly isPatched: boolean;
}

/** Ordered by how well a model writes them. `lines` is one JSON value per line. */
const KINDS = ['json', 'form', 'multipart', 'lines', 'text', 'binary'] as const;

type MediaKind = (typeof KINDS)[number];

/** A longer list does not help a model choose; `content_type` is then free text. */
const MOST_CHOICES = 8;

/**
 * The media types of a request body that make a difference to a caller, the best first. Most documents list several
 * spellings of the same body, and JSON alone is enough.
 */
export function chooseMedia(root: JsonObject, content: Json | undefined): Media[] {
  const described = Object.entries(object(content)).map(([written, value]) =>
    describe(corrected(written), resolve(root, value), root),
  );
  const legal = described.filter(({ mediaType }) => isMediaType(mediaType));
  // If no media type is valid, it is most likely a misspelling of JSON.
  const usable =
    legal.length > 0
      ? legal
      : described.map((media) => ({
          ...media,
          mediaType: 'application/json',
          kind: 'json' as const,
        }));
  const withFiles = usable.filter(({ hasFiles }) => hasFiles);
  const ranked = usable
    .filter((media) => !withFiles.some((other) => isFileless(media, other)))
    .toSorted((a, b) => rank(a) - rank(b));
  const kept: Media[] = [];
  for (const media of ranked) {
    // The rest are of the same kind, or of a later one.
    if (kept.length > MOST_CHOICES) return [unnamed(kept)];
    if (!kept.some((other) => isCoveredBy(media, other))) kept.push(media);
  }
  return kept.length > MOST_CHOICES ? [unnamed(kept)] : kept;
}

/** Common misspellings, most of them of forms. */
const MISSPELLED: readonly (readonly [RegExp, string])[] = [
  [/^(?:\w+[/-])?form-?data$/, 'multipart/form-data'],
  [/^(?:application\/)?(?:x-)?(?:www-)?form-?url-?encoded?$/, 'application/x-www-form-urlencoded'],
  [/^(?:application-)?json$/, 'application/json'],
  [/^(?:plain\/)?text$/, 'text/plain'],
];

/** A media type as it was meant; of a list of them, the first one. */
function corrected(written: string): string {
  const [first = ''] = /^(?:[^",]|"[^"]*")*/.exec(written) ?? [];
  const type = essence(first);
  const [, meant = type] = MISSPELLED.find(([pattern]) => pattern.test(type)) ?? [];
  return meant === type ? first.trim() : meant;
}

function describe(mediaType: string, value: JsonObject, root: JsonObject): Media {
  const kind = isText(value['schema'], root)
    ? textKind(mediaType)
    : structuredKind(mediaType, value, root);
  const { itemEncoding } = value;
  const { schema: whole, itemSchema } =
    kind === 'lines' ? linesOf(value, root) : bodyOf(mediaType, kind, value, root);
  const isForm = kind === 'multipart' || kind === 'form';
  const schema = isForm ? withTypedParts(whole, object(value['encoding']), root) : whole;
  const examples = examplesOf(value, root);
  const members = [...propertiesOf(schema, root).values()];
  const hasFiles = isForm && members.some((property) => fileUse(property, root) !== 'never');
  // As clients in browsers do: the other form cannot contain files.
  if (kind === 'form' && hasFiles) return describe('multipart/form-data', value, root);
  const isObjectOnly = () => members.length > 0 || resolve(root, schema)['type'] === 'object';
  return {
    mediaType: concrete(mediaType, kind),
    kind,
    schema,
    itemSchema,
    examples: kind === 'json' || kind === 'form' ? dataExamples(examples, schema, root) : [],
    encoding: object(value['encoding']),
    prefixEncoding: array(value['prefixEncoding']),
    itemEncoding: isObject(itemEncoding) ? itemEncoding : undefined,
    asText: kind === 'text' ? textSchema(concrete(mediaType, kind), schema, examples[0], root) : {},
    hasFiles,
    isPatched: essence(mediaType) === 'application/json-patch+json' && isObjectOnly(),
  };
}

/** The examples of a Media Type Object. */
function examplesOf({ example, examples }: JsonObject, root: JsonObject): Json[] {
  const named = Object.values(object(examples)).map((one) => resolve(root, one)['value']);
  return [example, ...named].filter((one) => one !== undefined && one !== null);
}

/** Examples that the schema does not have itself. Many documents have the text of the JSON instead of the JSON. */
function dataExamples(all: readonly Json[], schema: Json | undefined, root: JsonObject): Json[] {
  const { example: own, examples = own } = resolve(root, schema);
  if (examples !== undefined) return [];
  const asText = isText(schema, root);
  return all
    .map((one) => (typeof one === 'string' && !asText ? parseJson(one) : one))
    .filter((one) => one !== undefined);
}

/**
 * Many documents describe the file itself, or a list of files, where the form has a field for it, which servers call
 * `file`: the parts of a form have names. The bytes of JSON are any JSON.
 */
function bodyOf(
  mediaType: string,
  kind: MediaKind,
  { schema, itemSchema }: JsonObject,
  root: JsonObject,
): { readonly schema: Json | undefined; readonly itemSchema: Json | undefined } {
  const { type, format, items, description = 'Any JSON.' } = resolve(root, schema);
  if (kind === 'json' && type === 'string' && format === 'binary')
    return { schema: { description }, itemSchema };
  const isForm = essence(mediaType) === 'multipart/form-data';
  const isList = isForm && type === 'array' && mayBeFile(items, root);
  const isFile = kind === 'multipart' && type === 'string';
  if (schema === undefined || !(isList || isFile)) return { schema, itemSchema };
  const [one, bytes] = [isList ? items : schema, { type: 'string', format: 'binary' }];
  const own = one === undefined || fileUse(one, root) === 'never' ? bytes : one;
  const file = isList ? { type, items: own } : own;
  return { schema: { type: 'object', required: ['file'], properties: { file } }, itemSchema };
}

/** Whether it is a file, may be one, or is described as Java's class of an uploaded file. */
function mayBeFile(schema: Json | undefined, root: JsonObject): boolean {
  const members = propertiesOf(schema, root);
  return members.size === 0 || members.has('inputStream');
}

/** Many documents describe one line where the body is a list of lines. */
function linesOf({ schema, itemSchema }: JsonObject, root: JsonObject) {
  const { type } = resolve(root, schema);
  const isLine = type === undefined ? propertiesOf(schema, root).size > 0 : type !== 'array';
  return schema !== undefined && isLine
    ? { schema: undefined, itemSchema: schema }
    : { schema, itemSchema };
}

// RFC 9110 section 8.3.1.
function isMediaType(text: string): boolean {
  return /^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+(\s*;.*)?$/.test(text);
}

function kindOf(mediaType: string, media: JsonObject): MediaKind {
  const type = essence(mediaType);
  if (isJson(type) || type === 'application/*') return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type.startsWith('multipart/')) return 'multipart';
  if (isJsonLines(type)) return 'lines';
  if (type.startsWith('text/') || /[/+](xml|(x-)?yaml)$|\bgraphql$/.test(type)) return 'text';
  if (object(media['schema'])['format'] === 'binary') return 'binary';
  if (TEXTS.test(type)) return 'text';
  return type === '*/*' ? 'json' : 'binary';
}

/** Text formats whose names do not say so; without a schema, the body is their text. */
const TEXTS =
  /\/(x-)?(csv|sql|toml|javascript|ecmascript|typescript|sh|jwt|jose|pem-file|pem-certificate-chain|sparql-(query|update)|n-triples|n-quads|trig)$/;

/** Types with their own serializer keep it; for any other type, a string is sent unchanged. */
function textKind(mediaType: string): MediaKind {
  const kind = kindOf(mediaType, {});
  const type = essence(mediaType);
  // OData describes its batches as text.
  const isBatch = kind === 'multipart' && type !== 'multipart/form-data' && !type.endsWith('/*');
  return isBatch || kind === 'binary' || kind === 'lines' || type === '*/*' ? 'text' : kind;
}

/** Members described under a vendor's media type are assumed to be JSON. */
function structuredKind(mediaType: string, media: JsonObject, root: JsonObject): MediaKind {
  const kind = kindOf(mediaType, media);
  if (kind !== 'binary' || !/^application\/(vnd|x-|prs)/.test(essence(mediaType))) return kind;
  const { type, items = media['schema'] } = resolve(root, media['schema']);
  const described = type === 'array' ? items : media['schema'];
  const members = [...propertiesOf(described, root).values()];
  const isData = members.length > 0 && members.every((one) => fileUse(one, root) === 'never');
  return isData ? 'json' : kind;
}

/** Whether a schema describes strings that do not represent bytes. */
function isText(schema: Json | undefined, root: JsonObject): boolean {
  const parts = reachable(schema, (part) => {
    const ref = refOf(part);
    if (ref !== undefined) return [targetOf(root, ref)];
    const { type, allOf } = object(part);
    return type === undefined ? array(allOf) : [];
  });
  for (const part of parts)
    if (isObject(part) && refOf(part) === undefined && isString(part)) return true;
  return false;
}

function isString(schema: JsonObject): boolean {
  if (schema['type'] === undefined) return false;
  const types = [schema['type']].flat();
  const isNullable = types.every((one) => one === 'string' || one === 'null');
  return isNullable && schema['type'] !== 'null' && !isBytes(schema);
}

function concrete(mediaType: string, kind: MediaKind): string {
  return (mediaType.includes('*') ? DEFAULT_TYPES[kind] : undefined) ?? mediaType;
}

/** The media type that a range means, by kind. */
const DEFAULT_TYPES: Partial<Record<MediaKind, string>> = {
  json: 'application/json',
  multipart: 'multipart/form-data',
  text: 'text/plain',
};

/** Whether a body is the same as a multipart form with files, except that it cannot carry them. */
function isFileless(media: Media, other: Media): boolean {
  return !media.hasFiles && isDeepStrictEqual(media.schema, other.schema);
}

function rank({ kind, mediaType }: Media): number {
  const exact = essence(mediaType) === 'application/json' ? 0 : 0.5;
  return KINDS.indexOf(kind) + exact;
}

/** Whether `media` adds nothing for a caller that can send `other`. */
function isCoveredBy(media: Media, other: Media): boolean {
  const same = isDeepStrictEqual(media.schema, other.schema);
  if (essence(media.mediaType) === essence(other.mediaType)) return same;
  switch (other.kind) {
    case 'json':
      return coveredByJson(media, other, same);
    case 'multipart':
    case 'form':
      return (media.kind === 'form' || media.kind === 'multipart') && same;
    case 'text':
      return media.kind === 'text' && family(media) === family(other);
    default:
      return false;
  }
}

/** JSON types with their own semantics (RFC 6902, RFC 7396) do not cover one another. */
function coveredByJson(media: Media, other: Media, same: boolean): boolean {
  if (media.kind === 'text') return same || ['text', 'lines'].includes(kindOf(media.mediaType, {}));
  if (media.kind === 'lines') return true;
  if (media.kind === 'binary') return same && media.schema !== undefined;
  if (media.kind === 'json') return same && essence(other.mediaType) === 'application/json';
  return same;
}

function family({ mediaType }: Media): string {
  return /[/+](?:x-)?(xml|yaml)$/.exec(essence(mediaType))?.[1] ?? mediaType;
}

function unnamed([first, ...rest]: Media[]): Media {
  const media = first as Media;
  return rest.every(({ kind }) => kind === 'binary') ? { ...media, mediaType: '*/*' } : media;
}
