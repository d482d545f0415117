import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { codeOf, type InputError } from '../../errors.js';
import { display, unreadable } from './location.js';
import type { ReadContext, Source } from './read.js';

/** Reads a file, or a pipe such as a shell's `<(…)`. Devices are refused, since they may never end. */
export async function readFileBytes(url: URL, context: ReadContext): Promise<Source> {
  try {
    const stats = await stat(url);
    if (!stats.isFile() && !stats.isFIFO()) throw notAFile(url);
    const bytes = stats.isFile()
      ? await readWhole(url, stats.size, context)
      : await readPipe(url, context);
    return { url, bytes };
  } catch (error) {
    throw asProblem(url, error);
  }
}

/** In one piece: with large documents, memory for parts and for the whole costs as much as half the parsing. */
async function readWhole(url: URL, size: number, { count, signal }: ReadContext) {
  count(size);
  const bytes = await readFile(url, { signal });
  // It may have grown since, or be one of /proc, which have no size.
  count(Math.max(0, bytes.length - size));
  return bytes;
}

async function readPipe(url: URL, { count, signal }: ReadContext) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of createReadStream(url, { signal })) {
    if (!(chunk instanceof Uint8Array)) continue;
    count(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function notAFile(url: URL): InputError {
  const message = `${display(url)} is not a file.`;
  const remedy = 'Name the OpenAPI document itself, a JSON or YAML file.';
  return unreadable('SOURCE_NOT_FOUND', message, remedy);
}

function asProblem(url: URL, error: unknown): unknown {
  const code = codeOf(error) ?? '';
  // A URL such as `file:///%` is not a path at all.
  if (code === 'ENOENT' || code === 'ENOTDIR' || error instanceof URIError) {
    const message = `The file ${display(url)} does not exist.`;
    const remedy = 'Check the path of the document; a URL begins with https://.';
    return unreadable('SOURCE_NOT_FOUND', message, remedy);
  }
  if (!/^(E[A-Z]+|ERR_INVALID_FILE_URL\w*)$/.test(code)) return error;
  const message = `${display(url)} cannot be read (${code}).`;
  const remedy = 'Check the path and the permissions of the file.';
  return unreadable('SOURCE_UNREACHABLE', message, remedy);
}
