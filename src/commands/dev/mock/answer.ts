import { sample } from 'openapi-sampler';
import { isHeaderValue } from '../../../../templates/src/runtime/http.js';
import { essence, isJson, isText } from '../../../../templates/src/runtime/media.js';
import { array, isObject, object, own, type Json, type JsonObject } from '../../../json.js';
import { resolve } from '../../../pointer.js';
import type { Operation } from '../../../plan/operations/operations.js';

/** A response that the API might send. */
interface MockAnswer {
  readonly status: number;
  /** Absent if the response has no body. */
  readonly contentType?: string;
  readonly body?: string | Buffer;
}

/** Maximum depths of a sample, for recursive schemas: a lower one where the parts are too many. */
const depths = [6, 4, 2];

/** References that a sample may follow: schemas that refer to one another have too many paths to follow all. */
const mostReferences = 10_000;

/** One transparent pixel: the smallest valid image. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

/**
 * A response as the document describes it: the lowest success status, in the preferred media type, with an example if
 * there is one, else a sample of the schema.
 */
export function answerOf(root: JsonObject, operation: Operation, accept = '*/*'): MockAnswer {
  const [code, response] = successOf(root, operation);
  const status = statusOf(code);
  const media = chooseMedia(object(response['content']), accept);
  if (media === undefined || status === 204 || status === 205) return { status };
  const [range, described] = media;
  const about = resolve(root, described);
  const value = exampleOf(root, about) ?? sampleOf(root, range, about['schema']);
  const type = typeIn(range, value);
  const contentType = isHeaderValue(type) ? type : 'application/octet-stream';
  return { status, contentType, body: bodyOf(type, value) };
}

function successOf(root: JsonObject, { definition }: Operation): [string, JsonObject] {
  const responses = Object.entries(object(definition['responses']));
  const [code = '204', response] =
    responses
      .filter(([name]) => /^2(\d\d|XX)$/i.test(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))[0] ??
    responses.find(([name]) => name === 'default') ??
    [];
  return [code, resolve(root, response)];
}

function statusOf(code: string): number {
  return /^\d+$/.test(code) ? Number(code) : 200;
}

/** The first media type that the request accepts, JSON preferred; the first of all if it accepts none. */
function chooseMedia(content: JsonObject, accept: string): [string, Json] | undefined {
  const offered = Object.entries(content).sort(([a], [b]) => Number(isJson(b)) - Number(isJson(a)));
  const wanted = accept.split(',').map((range) => essence(range));
  const fits = ([type]: [string, Json]) =>
    wanted.some(
      (range) =>
        range === '*/*' ||
        range === essence(type) ||
        (range.endsWith('/*') && essence(type).startsWith(range.slice(0, -1))),
    );
  return offered.find(fits) ?? offered[0];
}

function bodyOf(contentType: string, value: Json | undefined): string | Buffer {
  if (isJson(contentType)) return JSON.stringify(value ?? null);
  if (typeof value === 'string' && isText(contentType)) return value;
  if (essence(contentType) === 'image/png') return pixel;
  return isText(contentType) ? JSON.stringify(value ?? null) : Buffer.alloc(0);
}

/** OpenAPI 3.1, Media Type Object: `example`, else the first of `examples`. */
function exampleOf(root: JsonObject, media: JsonObject): Json | undefined {
  const single = own(media, 'example');
  if (single !== undefined) return single;
  const [first] = Object.values(object(media['examples']));
  const example = resolve(root, first);
  // OpenAPI 3.2 calls the value before serialization `dataValue`.
  return own(example, 'value') ?? own(example, 'dataValue');
}

function sampleOf(
  root: JsonObject,
  contentType: string,
  schema: Json | undefined,
): Json | undefined {
  if (!isObject(schema)) return undefined;
  const [ownExample] = array(schema['examples']);
  if (ownExample !== undefined) return ownExample;
  const format = /[/+]xml$/.test(essence(contentType)) ? 'xml' : 'json';
  for (const maxSampleDepth of depths) {
    const options = { quiet: true, maxSampleDepth, format, skipWriteOnly: true } as const;
    try {
      return sample(schema, options, counted(root)) as Json;
    } catch {
      // The library cannot make a sample of the schema. The response still has the documented success status.
    }
  }
  return undefined;
}

/** The document, which throws when too many references are followed: each reads a member of it. */
function counted(root: JsonObject): JsonObject {
  let left = mostReferences;
  const get = (target: JsonObject, key: string) => {
    left -= 1;
    if (left < 0) throw new RangeError('Too many references');
    return target[key];
  };
  return new Proxy(root, { get });
}

/** A type in a range, which is not the type of a response itself: springdoc describes JSON as any type. */
function typeIn(range: string, value: Json | undefined): string {
  if (!range.includes('*')) return range;
  if (range.startsWith('image/')) return 'image/png';
  if (typeof value === 'string' && !isJson(range)) return 'text/plain';
  return value === undefined ? 'application/octet-stream' : 'application/json';
}
