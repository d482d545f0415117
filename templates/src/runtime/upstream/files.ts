import {
  isObject,
  membersOf,
  own,
  type Api,
  type Json,
  type JsonObject,
  type Tool,
} from '../api.js';
import { decodePercent } from '../text.js';
import { essence } from '../media.js';
import { FetchError, type FetchPublic } from '../outgoing.js';
import { ArgumentError } from './arguments.js';
import { chooseShape } from './body.js';
import { meant } from './keywords.js';

/** Limits of a call: bytes of all files together, number of files, milliseconds for each file. */
const [MAX_BYTES, MAX_FILES, TIMEOUT_MS] = [26_214_400, 10, 20_000];

/** A file as ChatGPT hands it to a tool (Apps SDK reference, `openai/fileParams`). */
const FILE_SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    download_url: { type: 'string' },
    file_id: { type: 'string' },
    mime_type: { type: 'string' },
    file_name: { type: 'string' },
  },
  required: ['download_url', 'file_id'],
};

/** A tool of a server that may fetch files. */
export interface FileTool extends Tool {
  /** The arguments that take files as ChatGPT hands them over; absent if there are none. */
  readonly files?: FileArguments;
}

/** The API with tools that take files as ChatGPT hands them over: in top-level arguments, never in nested ones. */
export function withFileArguments(api: Api): Api {
  return { ...api, tools: api.tools.map(withFiles) };
}

function withFiles(tool: Tool): FileTool {
  const { properties, required, ...schema } = tool.inputSchema;
  const own = membersOf(properties);
  const files = fileArguments(tool);
  if (files.size === 0) return tool;
  const added = [...files].map(([name, member]) => {
    const place = member === undefined ? 'body' : `body.${member}`;
    return [name, { ...FILE_SCHEMA, description: `A file to use for ${place}.` }] as const;
  });
  // Either may be present; whether the file may be missing is up to the API.
  const needed = Array.isArray(required) ? required.filter((name) => name !== 'body') : [];
  const body = isObject(own['body']) ? { body: withoutRequired(own['body'], files) } : {};
  return {
    ...tool,
    inputSchema: {
      ...schema,
      type: 'object',
      properties: { ...own, ...body, ...Object.fromEntries(added) },
      ...(needed.length > 0 && { required: needed }),
    },
    files,
  };
}

function withoutRequired(body: JsonObject, files: FileArguments): JsonObject {
  const { required, ...rest } = body;
  if (!Array.isArray(required)) return body;
  const members = new Set<Json | undefined>(files.values());
  const needed = required.filter((name) => !members.has(name));
  return { ...rest, ...(needed.length > 0 && { required: needed }) };
}

/** The member of the body that an argument fills; undefined: the body itself. */
type FileArguments = ReadonlyMap<string, string | undefined>;

/** The arguments for the files of a body: one for a body that is a file, or one for each file of a form. */
function fileArguments({ inputSchema, request: { body } }: Tool): FileArguments {
  const taken = membersOf(inputSchema['properties']);
  const free = (name: string) => (Object.hasOwn(taken, name) ? `${name}_file` : name);
  if (body === undefined) return new Map();
  if (body.binary) return new Map([[free('file'), undefined]]);
  const parts = Object.entries(body.encoding ?? {}).filter(([, { file }]) => file !== undefined);
  const isForm = essence(body.mediaType).startsWith('multipart/');
  return new Map(isForm ? parts.map(([name]) => [free(name), name]) : []);
}

/** Moves files from their own arguments to where the body needs them. */
function placeFiles({ files }: FileTool, args: JsonObject): JsonObject {
  if (files === undefined) return args;
  const placed = Object.fromEntries(Object.entries(args).filter(([name]) => !files.has(name)));
  for (const [name, member] of files) {
    const file = own(args, name);
    if (file === undefined) continue;
    placed['body'] = member === undefined ? file : { ...membersOf(placed['body']), [member]: file };
  }
  return placed;
}

/** The arguments of a call, without the files that they refer to by URL. */
interface Taken {
  readonly args: JsonObject;
  /** Puts the content of those files into the arguments. @throws ArgumentError */
  readonly fetch?: (args: JsonObject, signal: AbortSignal) => Promise<JsonObject>;
}

/** Replaces a file while the other arguments are read; any base64 would do. */
const PLACEHOLDER = 'AAAA';

/**
 * Takes files that are `https:` URLs, or that ChatGPT handed over, from the places where a body has files. Without
 * `fetchPublic`, they are refused. @throws ArgumentError
 */
export function createTakeFiles(fetchPublic?: FetchPublic) {
  const holders = new WeakMap<object, boolean>();
  return (tool: Tool, args: JsonObject): Taken => {
    const { inputSchema } = tool;
    const mayHold = holders.get(inputSchema) ?? JSON.stringify(inputSchema).includes('"base64"');
    holders.set(inputSchema, mayHold);
    if (!mayHold) return { args };
    const placed = placeFiles(tool, args);
    const files = filesIn(tool, placed);
    if (files.length === 0) return { args: placed };
    if (fetchPublic === undefined) throw new ArgumentError(refusalOf(files));
    if (files.length > MAX_FILES)
      throw new ArgumentError(`There are more than ${MAX_FILES} files.`);
    const hide = (value: Json, { path }: File) => replaced(value, path, PLACEHOLDER);
    return {
      args: files.reduce<Json>(hide, placed) as JsonObject,
      fetch: (read, signal) => fetchAll(fetchPublic, { tool, files, read }, signal),
    };
  };
}

function refusalOf([first]: readonly File[]): string {
  const place = first?.path.join('.') ?? 'body';
  return (
    `${place} must be the file's bytes as base64 or as a data URI: this server does not fetch URLs. ` +
    'Its operator may allow that with MCP_FETCH_FILES=true.'
  );
}

async function fetchAll(
  fetchPublic: FetchPublic,
  { tool, files, read }: { tool: Tool; files: readonly File[]; read: JsonObject },
  signal: AbortSignal,
): Promise<JsonObject> {
  let [left, result]: [number, Json] = [MAX_BYTES, read];
  for (const { path, url, type, name = url } of files) {
    const limits = { maxBytes: left, timeoutMs: TIMEOUT_MS };
    const { bytes, mediaType } = await fetchPublic(url.trim(), limits, signal).catch(refuse(path));
    left -= bytes.byteLength;
    const text = Buffer.from(bytes).toString('base64');
    const content = isEncoded(tool, read) ? text : dataUri(text, type ?? mediaType, name);
    result = replaced(result, path, content);
  }
  return result as JsonObject;
}

function refuse(path: readonly (string | number)[]) {
  return (error: unknown): never => {
    if (!(error instanceof FetchError)) throw error;
    throw new ArgumentError(`The file at ${path.join('.')} ${error.message}.`);
  };
}

/** Whether the body holds its files as base64, as JSON does. */
function isEncoded({ request: { body } }: Tool, args: JsonObject): boolean {
  const shape = body && chooseShape(body, args['body'] ?? null, args['content_type']);
  return shape?.binary !== true && !essence(shape?.mediaType ?? '').startsWith('multipart/');
}

/** RFC 2397; `name` becomes the file name of the form part. */
function dataUri(base64: string, mediaType = '', name = ''): string {
  const type = /^[\w.+-]+\/[\w.+-]+/.exec(mediaType)?.[0] ?? 'application/octet-stream';
  const last = name.split(/[?#]/, 1)[0]?.split('/').at(-1) ?? '';
  const short = encodeURIComponent(decodePercent(last).slice(-100));
  return `data:${type};${short === '' ? '' : `name=${short};`}base64,${base64}`;
}

interface File {
  readonly path: readonly (string | number)[];
  readonly url: string;
  readonly type?: string | undefined;
  readonly name?: string | undefined;
}

/** The files that the body of a call refers to by URL. */
function filesIn({ inputSchema }: Tool, { body }: JsonObject): File[] {
  const root = inputSchema as JsonObject;
  const found: File[] = [];
  const visit = (
    value: Json,
    schema: Json | undefined,
    path: File['path'],
    depth: number,
  ): void => {
    const own = meant(schema, root);
    const file = depth > MAX_DEPTH ? undefined : fileOf(value, own, root);
    if (file !== undefined) found.push({ ...file, path });
    else if (typeof value === 'object' && value !== null && depth <= MAX_DEPTH)
      for (const [key, member] of Object.entries(value)) {
        const step = Array.isArray(value) ? Number(key) : key;
        visit(member, partOf(own, step, root), [...path, step], depth + 1);
      }
  };
  const { properties } = root;
  if (body !== undefined && isObject(properties)) visit(body, properties['body'], ['body'], 0);
  return found;
}

const MAX_DEPTH = 20;

function fileOf(value: Json, schema: JsonObject, root: JsonObject): Omit<File, 'path'> | undefined {
  const branches = alternatives(schema, root);
  const isFile = (one: JsonObject) => one['contentEncoding'] === 'base64';
  if (!branches.some(isFile)) return undefined;
  // Unless every string is a file, this one may just be text.
  const always = branches.every((one) => isFile(one) || one['type'] !== 'string');
  if (typeof value === 'string') return always && isUrl(value) ? { url: value } : undefined;
  if (!isObject(value) || typeof value['download_url'] !== 'string') return undefined;
  const text = (name: string) => (typeof value[name] === 'string' ? value[name] : undefined);
  return { url: value['download_url'], type: text('mime_type'), name: text('file_name') };
}

/** Whether a string is a URL, and therefore not base64. */
function isUrl(text: string): boolean {
  return /^\s*https?:/i.test(text);
}

function alternatives(schema: JsonObject, root: JsonObject): JsonObject[] {
  const branches = [schema['anyOf'], schema['oneOf']].flatMap((list) =>
    Array.isArray(list) ? list.map((one) => meant(one, root)) : [],
  );
  return [schema, ...branches];
}

function partOf(schema: JsonObject, step: string | number, root: JsonObject): Json | undefined {
  for (const one of alternatives(schema, root)) {
    const { properties, items } = one;
    const part = typeof step === 'number' ? items : isObject(properties) && own(properties, step);
    if (isObject(part)) return part;
  }
  return undefined;
}

function replaced(value: Json, [step, ...rest]: File['path'], content: string): Json {
  if (step === undefined) return content;
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? replaced(item, rest, content) : item));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(
    ([name, member]) => [name, name === step ? replaced(member, rest, content) : member] as const,
  );
  return Object.fromEntries(members);
}
