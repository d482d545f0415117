import type { HttpResponse } from './http.js';

// Each call asks several times, and an API has few.
const known = new Map<string, string>();
/** The maximum number of types, and of characters of each. */
const MAX_KNOWN = 200;

/** `type/subtype` in lower case, without parameters. */
export function essence(mediaType: string): string {
  const found = known.get(mediaType);
  if (found !== undefined) return found;
  const essential = (mediaType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (known.size >= MAX_KNOWN) known.clear();
  if (mediaType.length < MAX_KNOWN) known.set(mediaType, essential);
  return essential;
}

/** JSON itself, and every media type with the suffix `+json` (RFC 6839 section 3.1). */
export function isJson(mediaType: string): boolean {
  return /^(application|text)\/json$|\+json$/.test(essence(mediaType));
}

/** One JSON value per line, or after a mark (RFC 7464, RFC 8091). */
export function isJsonLines(mediaType: string): boolean {
  return /[/+](x-)?(ndjson|jsonl|jsonlines|json-lines|json-seq)$/.test(essence(mediaType));
}

/** Types that people and models read unchanged: `text/*`, XML, and other text formats. */
export function isText(mediaType: string): boolean {
  const textual =
    /^text\/|[+/](x-)?(xml|yaml|javascript|graphql|sql|toml|csv|json)$|\/x-www-form-urlencoded$/;
  return isJson(mediaType) || isJsonLines(mediaType) || textual.test(essence(mediaType));
}

/**
 * The image types that model APIs accept, by how their files begin: any other type, or the wrong one of these, can
 * break a conversation permanently.
 */
const SHOWN: ReadonlyMap<string, RegExp> = new Map([
  ['image/png', /^\x89PNG\r\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF[^]{4}WEBP/],
]);

/** The type of an image that models can see, whatever its response calls it; undefined for any other content. */
export function shownImage(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  return [...SHOWN].find(([, beginning]) => beginning.test(start))?.[0];
}

/** Whether clients show content of a media type to a model as an image, even in a resource. */
export function isShown(mediaType: string): boolean {
  return SHOWN.has(mediaType);
}

/** Subtypes whose file extension differs from the subtype. */
const EXTENSIONS = new Map(
  (
    'jpeg:jpg pjpeg:jpg svg+xml:svg plain:txt markdown:md javascript:js python:py mpeg:mp3 quicktime:mov ' +
    'msvideo:avi matroska:mkv vnd.wave:wav wave:wav gzip:gz zip-compressed:zip 7z-compressed:7z epub+zip:epub ' +
    'msword:doc vnd.ms-excel:xls vnd.ms-powerpoint:ppt ' +
    'vnd.openxmlformats-officedocument.wordprocessingml.document:docx ' +
    'vnd.openxmlformats-officedocument.spreadsheetml.sheet:xlsx ' +
    'vnd.openxmlformats-officedocument.presentationml.presentation:pptx ' +
    'vnd.oasis.opendocument.text:odt vnd.oasis.opendocument.spreadsheet:ods'
  )
    .split(' ')
    .map((pair) => pair.split(':') as [subtype: string, extension: string]),
);

/** The file extension of a type, since many APIs judge a file by it; empty when unknown. */
export function extensionOf(mediaType: string): string {
  const [type = '', full = ''] = essence(mediaType).split('/');
  const subtype = full.replace(/^x-/, '');
  if (type === 'video' && subtype === 'mpeg') return '.mpeg';
  const known = EXTENSIONS.get(subtype);
  const short = known ?? /\+(json|xml|yaml|zip)$/.exec(subtype)?.[1] ?? subtype;
  return /^[a-z0-9]{2,6}$/.test(short) ? `.${short}` : '';
}

/** The `charset` parameter (RFC 9110 section 8.3.2), if there is one. */
export function charset(mediaType: string): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(mediaType)?.[1];
}

/** The characters where windows-1252 differs from ISO-8859-1; Node 20 confuses the two. */
const WESTERN = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Text in windows-1252, which any bytes are. */
export function decodeWestern(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return text.replace(/[\x80-\x9f]/g, (character) => WESTERN[character.charCodeAt(0) - 0x80] ?? '');
}

/**
 * Whether it is a single valid media type: no wildcard, no list, only RFC 9110 tokens. This also prevents a media
 * type from a data URI or a document from adding lines to a multipart body.
 */
export function isConcrete(mediaType: string): boolean {
  const token = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;\s*[\w-]+=("[\w .:+/-]*"|[\w.:+-]+))*$/;
  return token.test(mediaType);
}

/** The formats that a client accepts: JSON, an event stream, or either. */
export interface Accepted {
  readonly json: boolean;
  readonly stream: boolean;
}

const STREAM = 'text/event-stream';

/** The header that the clients of the official SDKs send. */
const SDK_ACCEPT = `application/json, ${STREAM}`;

const EITHER: Accepted = { json: true, stream: true };

/** The types that an `Accept` header allows; all if there is none (RFC 9110 section 12.5.1). */
export function acceptedBy(accept: string | undefined): Accepted {
  if (accept === SDK_ACCEPT) return EITHER;
  const ranges = rangesOf(accept?.trim() || '*/*');
  const accepts = (type: string) => qualityOf(type, ranges) > 0;
  return { json: accepts('application/json'), stream: accepts(STREAM) };
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

function rangesOf(accept: string): Range[] {
  return accept.split(',').map((range) => {
    const [, quality = '1'] = /;\s*q\s*=\s*"?([\d.]*)/i.exec(range) ?? [];
    return { type: essence(range), quality: Number(quality) || 0 };
  });
}

/** The quality of the most specific range which covers the type. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const covering = [type, type.replace(/\/.*$/, '/*'), '*/*'];
  const found = covering.map((name) => ranges.filter((range) => range.type === name));
  const [first = []] = found.filter((some) => some.length > 0);
  return Math.max(0, ...first.map(({ quality }) => quality));
}

/** A response in the format that the client accepts: the SDK chooses between JSON and events by itself. */
export async function framed(
  response: HttpResponse,
  request: unknown,
  { json, stream }: Accepted = EITHER,
): Promise<HttpResponse> {
  const { status, body, headers } = response;
  if (status !== 200 || (json && stream)) return response;
  const [name = '', type = ''] =
    Object.entries(headers).find(([key]) => /^content-type$/i.test(key)) ?? [];
  const isStream = essence(type) === STREAM;
  if (isStream === stream) return response;
  const text = await new Response(body as ConstructorParameters<typeof Response>[0]).text();
  const other = isStream ? 'application/json' : STREAM;
  const framed = isStream ? unframe(text, request) : `event: message\ndata: ${text}\n\n`;
  return { status, headers: { ...headers, [name]: other }, body: framed };
}

/** The responses among the events; notifications about a finished request are lost, as without a stream. */
function unframe(events: string, request: unknown): string {
  const messages = [...events.matchAll(/^data: ?(.+)$/gm)].map(([, data = '']) => data);
  const responses = messages.filter(isResponse);
  return Array.isArray(request) ? `[${responses.join()}]` : (responses[0] ?? 'null');
}

function isResponse(data: string): boolean {
  const message = JSON.parse(data) as Record<string, unknown>;
  return !('method' in message);
}
