import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Json, JsonObject } from '../api.js';
import { isObject } from '../json.js';
import { charset, essence, isConcrete, isJson, isText } from './media-type.js';
import type { Secrets } from '../credentials/secrets.js';
import type { Answer } from './transport.js';

/** A body as MCP content; `structured` is there when it is a whole JSON object. */
export interface Content {
  readonly blocks: CallToolResult['content'];
  readonly structured?: JsonObject;
}

/** What is nested deeper stays text: whoever writes it out again may run out of stack. */
const maxDepth = 500;

/** A text block. */
export function textBlock(text: string): CallToolResult['content'][number] {
  return { type: 'text', text };
}

/**
 * The answer's body, with secrets masked wherever the API repeats them; no blocks when it is empty. `less` is said of
 * one that was cut.
 */
export function bodyContent(answer: Answer, secrets: Secrets, less: string): Content {
  if (answer.body.byteLength === 0) return { blocks: [] };
  const mediaType = answer.headers.get('content-type') ?? '';
  const textual = mediaType === '' ? isUtf8(answer) : isText(mediaType);
  if (textual) return textContent(answer, mediaType, secrets, less);
  return { blocks: [bytesBlock(answer, essence(mediaType), secrets, less)] };
}

function isUtf8({ body, cut }: Answer): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(body, { stream: cut }).includes('\0');
  } catch {
    return false;
  }
}

function textContent(answer: Answer, mediaType: string, secrets: Secrets, less: string): Content {
  const decoded = decode(answer, charset(mediaType) ?? 'utf-8');
  if (answer.cut) {
    const note = `The answer was cut: it is longer than ${answer.body.byteLength} bytes. ${less}`;
    return { blocks: [textBlock(secrets.maskCut(decoded)), textBlock(note)] };
  }
  const masked = secrets.mask(decoded);
  return isJson(mediaType) ? jsonContent(masked, secrets) : { blocks: [textBlock(masked)] };
}

/** In a cut answer, `stream` leaves out a character that was cut in two instead of making it U+FFFD. */
function decode({ body, cut }: Answer, label: string): string {
  const decoder = isEncoding(label) ? new TextDecoder(label) : new TextDecoder();
  return decoder.decode(body, { stream: cut });
}

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}

/** The text stays as received, because writing it anew would round large numbers. */
function jsonContent(json: string, secrets: Secrets): Content {
  const value = parseMasked(json, secrets);
  if (value === undefined) return { blocks: [textBlock(json)] };
  // An escape such as \u0041 hides a secret from a search in the text, but not from one in the values.
  const hidden = JSON.stringify(value) !== JSON.stringify(JSON.parse(json));
  const blocks = [textBlock(hidden ? JSON.stringify(value) : json)];
  return isObject(value) ? { blocks, structured: value } : { blocks };
}

function parseMasked(json: string, secrets: Secrets): Json | undefined {
  try {
    return maskValues(JSON.parse(json) as Json, secrets, 0);
  } catch {
    return undefined;
  }
}

function maskValues(value: Json, secrets: Secrets, depth: number): Json {
  if (depth > maxDepth) throw new RangeError('nested too deeply');
  if (typeof value === 'string') return secrets.mask(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => maskValues(item, secrets, depth + 1));
  const members = Object.entries(value).map(([key, item]): [string, Json] => [
    secrets.mask(key),
    maskValues(item, secrets, depth + 1),
  ]);
  // fromEntries defines properties, so that a key `__proto__` is only a key.
  return Object.fromEntries(members);
}

function bytesBlock(answer: Answer, type: string, secrets: Secrets, less: string) {
  const { body, cut, url } = answer;
  // The API chooses this text as well.
  const named = isConcrete(type) && secrets.mask(type) === type;
  const mimeType = named ? type : 'application/octet-stream';
  if (cut) {
    return textBlock(
      `The answer is ${mimeType} of more than ${body.byteLength} bytes: too long to be passed on. ${less}`,
    );
  }
  const bytes = Buffer.from(body);
  const latin1 = bytes.toString('latin1');
  if (secrets.mask(latin1) !== latin1) {
    return textBlock(`The answer is ${mimeType} that contains a credential of this server.`);
  }
  const data = bytes.toString('base64');
  if (mimeType.startsWith('image/')) return { type: 'image' as const, data, mimeType };
  if (mimeType.startsWith('audio/')) return { type: 'audio' as const, data, mimeType };
  // A resource needs a URI, though nothing can be read from it later. One with a scheme of our own (RFC 3986
  // section 3) and the path only: the real URL may have an API key in its query.
  const uri = `upstream://${url.pathname}`;
  return { type: 'resource' as const, resource: { uri, mimeType, blob: data } };
}
