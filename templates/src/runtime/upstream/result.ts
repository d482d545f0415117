import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Json, JsonObject, RequestShape, Tool } from '../api.js';
import type { Secrets } from '../credentials/secrets.js';
import { statusText } from '../http.js';
import { charset, decodeWestern, essence, isConcrete, isJson, isText } from '../media.js';
import { isShown, shownImage } from '../media.js';
import { endedJson, fitAnswer, howToGetLess, structure, type Answered } from './fit.js';
import { isPageHeader } from './paging.js';
import { isRedirect, retrieves, type UpstreamResponse } from './transport.js';

type Blocks = CallToolResult['content'];

/** A call, as far as it affects the shown response; the arguments are without `fields`. */
interface Asked extends Pick<Answered, 'tool' | 'args' | 'fields' | 'isFailed'> {
  /** Characters of a result. */
  readonly maxCharacters: number;
  /** Whether the request had no credentials. */
  readonly isBare?: boolean;
}

/** The result that reports an upstream response; `differences` explains why the API may have refused the arguments. */
export function toResult(
  response: UpstreamResponse,
  secrets: Secrets,
  asked: Asked,
  differences?: string,
): CallToolResult {
  const failed = isFailure(response);
  const trailer = notes(response, secrets, asked);
  if (response.unfinished) trailer.push(GOING_ON);
  if (differences !== undefined) trailer.push(differences);
  const line = statusLine(response);
  const taken = trailer.join('\n').length + (failed ? line.length + 2 : 0);
  const left = Math.max(0, asked.maxCharacters - taken);
  // Any member of an error response may matter.
  const kept = failed ? { ...asked, fields: undefined, isFailed: true } : asked;
  const { blocks, value, remarks = [] } = bodyContent(response, secrets, kept, left);
  const shown = failed || blocks.length === 0 ? leading(line, blocks) : blocks;
  const content = [...shown, ...trailer.map(textBlock)];
  // A failure has no structuredContent: clients that read nothing else would not notice the failure.
  if (failed) return { content, isError: true };
  const { outputSchema } = asked.tool;
  if (outputSchema === undefined) return { content };
  const { members, isWhole } = structure(value, outputSchema);
  const all = [...remarks, ...trailer, ...(isWhole ? [] : [LOST])];
  return { content, structuredContent: withNotes(members, all) };
}

/** Some clients show a model nothing but `structuredContent`. Output schemas allow further members. */
function withNotes(structured: JsonObject, notes: string[]): JsonObject {
  if (notes.length === 0 || Object.hasOwn(structured, '_notes')) return structured;
  return { ...structured, _notes: notes };
}

const LOST =
  'Some values are null only here, because they differ from the documented type or have too many digits; the text of this result has them.';

const GOING_ON = 'The stream had not ended: this is what had arrived by then.';

function textBlock(text: string): Blocks[number] {
  return { type: 'text', text };
}

/** Status and body in one block when the body is text, for clients that show only the first. */
function leading(line: string, blocks: Blocks): Blocks {
  const [first, ...rest] = blocks;
  if (first?.type !== 'text') return [textBlock(line), ...blocks];
  return [textBlock(`${line}\n\n${first.text}`), ...rest];
}

/** The phrase is ours, because the upstream's own may contain anything. */
function statusLine({ status, body }: UpstreamResponse): string {
  const empty = body.byteLength === 0 ? ', without a body' : '';
  return `The API answered ${statusText(status)}${empty}.`;
}

/** A 303 after a POST means success, and names the URL of the outcome; after other redirects nothing was done. */
function isFailure({ status, method }: UpstreamResponse): boolean {
  if (status === 303) return retrieves(method);
  return status >= 400 || isRedirect(status);
}

/** Headers that say where or when to continue, and which part this is. */
const REPORTED = ['Location', 'Link', 'Retry-After', 'Content-Range'];

/** The headers that a HEAD request is made for, since its response has nothing else (RFC 9110 section 9.3.2). */
const ABOUT = ['Content-Type', 'Content-Length', 'ETag', 'Last-Modified'];

/** Only between this server and the API: authentication, and the transfer (RFC 9110 sections 7.6.1 and 8.4). */
const PRIVATE =
  /^(set-cookie2?|(www|proxy)-authenticate|(proxy-)?authentication-info|authorization|connection|keep-alive|transfer-encoding|content-encoding|trailer)$/i;

/** The headers that a result reports, each once. */
function reportedNames(method: string, { responseHeaders = [] }: RequestShape): readonly string[] {
  if (responseHeaders.length === 0 && method !== 'HEAD') return REPORTED;
  const own = responseHeaders.filter((name) => !PRIVATE.test(name));
  const names = [...REPORTED, ...(method === 'HEAD' ? ABOUT : []), ...own];
  return [
    ...new Map(names.toReversed().map((name) => [name.toLowerCase(), name])).values(),
  ].reverse();
}

function notes(
  { method, status, headers }: UpstreamResponse,
  secrets: Secrets,
  { tool, isBare = false }: Asked,
): string[] {
  const names = reportedNames(method, tool.request);
  const lines = names.flatMap((name) => {
    const value = headers[name.toLowerCase()];
    return value === undefined ? [] : [`${name}: ${secrets.mask(value)}`];
  });
  if (isRedirect(status))
    lines.push(
      'The redirect was not followed: this server follows 307 and 308 for every method, others for GET and HEAD, ' +
        'at most 5 times, and never to another origin.',
    );
  if (status === 401 || status === 403)
    lines.push(
      `${isBare ? BARE : REFUSED}: signing in again will not help. The operator of this server has to fix it.`,
    );
  return lines;
}

const REFUSED = 'The API refused the credential of this MCP server, not yours';
const BARE =
  'This MCP server sent no credential, because none is set that the document of the API asks for';

/** A body as MCP content; `value` is the parsed body, or its text if it is not JSON. */
interface Content {
  readonly blocks: Blocks;
  readonly value?: Json | undefined;
  /** What the blocks say about the body. */
  readonly remarks?: readonly string[];
}

/** The body, with secrets masked wherever the API repeats them; no blocks if it is empty. */
function bodyContent(
  response: UpstreamResponse,
  secrets: Secrets,
  asked: Asked,
  budget: number,
): Content {
  const { body, headers, truncated, unfinished = truncated } = response;
  const type = headers['content-type'] ?? '';
  if (body.byteLength === 0) return { blocks: [] };
  const text = readText(body, type, unfinished);
  if (text === undefined)
    return { blocks: [bytesBlock(response, essence(type), secrets, asked.tool)] };
  const note = `The response was truncated: it is longer than ${body.byteLength} bytes.`;
  // Shown as received, because serializing it again would round large numbers. Any text may be JSON.
  const masked = unfinished ? secrets.maskCut(text) : secrets.maskJson(text);
  const answered = {
    ...asked,
    headers: maskedHeaders(headers, secrets),
    isCut: truncated,
    budget: budget - (truncated ? note.length : 0),
  };
  const whole = truncated ? (endedJson(masked) ?? masked) : masked;
  const isLikeJson = isJson(type) || /^\s*[[{]/.test(whole);
  const fitted = fitAnswer(whole, isLikeJson, answered);
  const help = truncated && fitted.notes.length === 0 ? [howToGetLess(asked.tool)] : [];
  // Model APIs refuse a whole conversation for one blank text.
  const isFilled = (one: string) => /\S/.test(one);
  const remarks = [...(truncated ? [note] : []), ...fitted.notes, ...help].filter(isFilled);
  const shown = [...[fitted.text].filter(isFilled), ...remarks];
  const structured = fitted.value === undefined ? fitted.text.trim() || null : fitted.value;
  return { blocks: shown.map(textBlock), value: structured, remarks };
}

/** The headers that may point to a next page, or count the pages. */
function maskedHeaders(headers: UpstreamResponse['headers'], secrets: Secrets) {
  const about = Object.entries(headers).filter(([name]) => isPageHeader(name));
  return Object.fromEntries(about.map(([name, given]) => [name, secrets.mask(given)]));
}

/** The body as text, unless it is neither UTF-8 nor of a textual media type. */
function readText(body: Uint8Array, type: string, unfinished: boolean): string | undefined {
  const valid = validUtf8(body, unfinished);
  if (valid !== undefined && !SWITCHING.some((mark) => valid.includes(mark))) return valid;
  const label = charsetOf(body, type);
  if (valid?.includes('\0') === false && !STATEFUL.test(label ?? '')) return valid;
  if (!isText(type) && charset(type) === undefined) return undefined;
  if (label === undefined || label === 'windows-1252') return decodeWestern(body);
  // In a truncated body, `stream` omits a character that was split instead of making it U+FFFD.
  const text = new TextDecoder(label).decode(body, { stream: unfinished });
  // Frameworks write UTF-8 in the header, whatever a program sends. Then no character is one of UTF-8.
  const isOther = label === 'utf-8' && !/[\x80-\ufffc]/.test(text);
  return isOther ? decodeWestern(body) : text;
}

/** Encodings whose bytes are all ASCII; without an escape character the text is plain ASCII. */
const STATEFUL = /^(iso-2022-|hz-)/i;
const SWITCHING = ['\0', '\x1b'];

/** The encoding that a body declares for itself (XML 1.0 section 4.3.3, and HTML). */
const DECLARED =
  /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)|<meta[^>]*?\scharset\s*=\s*["']?([\w.:-]+)/i;

/** The encoding that a byte order mark, the header or the text itself names. */
function charsetOf(body: Uint8Array, type: string): string | undefined {
  const wide = wideEncodingOf(body);
  if (wide !== undefined) return wide;
  const start = Buffer.from(body.subarray(0, 1024)).toString('latin1');
  const [, xml, html] = DECLARED.exec(start) ?? [];
  const labels = [charset(type), xml, html].flatMap((label) => encodingOf(label) ?? []);
  return labels.find((label) => label !== 'utf-8') ?? labels[0];
}

/** UTF-16 by its mark, or by the zeros beside its first two characters (RFC 4627 section 3). */
function wideEncodingOf([first, second, third, fourth]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0 && third === 0 && second && fourth) return 'utf-16be';
  return second === 0 && fourth === 0 && first && third ? 'utf-16le' : undefined;
}

/** The canonical name of a supported encoding. */
function encodingOf(label: string | undefined): string | undefined {
  try {
    return label && new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

const strict = new TextDecoder('utf-8', { fatal: true });

function validUtf8(body: Uint8Array, unfinished: boolean): string | undefined {
  try {
    // With `stream`, a decoder keeps leftover bytes.
    return unfinished
      ? new TextDecoder('utf-8', { fatal: true }).decode(body, { stream: true })
      : strict.decode(body);
  } catch {
    return undefined;
  }
}

/** Bytes of an image, or of any other binary content: clients and models accept no more. */
const MAX_BINARY = 1_048_576;

function bytesBlock(
  { body, truncated, path }: UpstreamResponse,
  type: string,
  secrets: Secrets,
  tool: Tool,
): Blocks[number] {
  const image = shownImage(body);
  // The API controls this text as well, and what is no such image would be refused as one.
  const named = isConcrete(type) && !secrets.includes(type) && !isShown(type);
  const mimeType = image ?? (named ? type : 'application/octet-stream');
  const about = `The response is ${mimeType}`;
  if (truncated || body.byteLength > MAX_BINARY) {
    const size = `of ${truncated ? 'more than ' : ''}${body.byteLength} bytes: too long to be passed on.`;
    return textBlock(`${about} ${size} ${howToGetLess(tool)}`);
  }
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (secrets.includes(bytes.toString('latin1')))
    return textBlock(`${about} that contains a credential of this server.`);
  const data = bytes.toString('base64');
  if (image !== undefined) return { type: 'image', data, mimeType };
  if (mimeType.startsWith('audio/')) return { type: 'audio', data, mimeType };
  // A resource needs a URI, though it cannot be read later. This one has a custom scheme (RFC 3986 section 3) and only
  // the path: the real URL may have an API key in its query.
  const uri = `upstream://${path.split('?', 1)[0] ?? ''}`;
  return { type: 'resource', resource: { uri, mimeType, blob: data } };
}
