import type { Json } from '../api.js';
import { ArgumentError } from './arguments.js';

/** The bytes that a text argument stands for, with what a data URI says about them. */
export interface FileValue {
  readonly bytes: Uint8Array;
  readonly mediaType?: string;
  readonly name?: string;
}

/** Reads base64, base64url or a data URI (RFC 2397); `argument` is for the message when it is neither. */
export function readFileValue(argument: string, value: Json): FileValue {
  if (typeof value !== 'string') throw unreadable(argument);
  return value.startsWith('data:')
    ? readDataUri(argument, value)
    : { bytes: decodeBase64(argument, value) };
}

function readDataUri(argument: string, uri: string): FileValue {
  const comma = uri.indexOf(',');
  if (comma === -1) throw unreadable(argument);
  const [type = '', ...parameters] = uri.slice('data:'.length, comma).split(';');
  const data = uri.slice(comma + 1);
  // RFC 2397 knows no file name; `name=` is what browsers' tools and chat clients write.
  const name = parameters.find((item) => /^(file)?name=/i.test(item))?.replace(/^[^=]*=/, '');
  return {
    bytes:
      parameters.at(-1)?.trim().toLowerCase() === 'base64'
        ? decodeBase64(argument, unescape(argument, data))
        : Buffer.from(unescape(argument, data), 'utf8'),
    ...(type !== '' && { mediaType: type }),
    ...(name !== undefined && { name: unescape(argument, name) }),
  };
}

function unescape(argument: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unreadable(argument);
  }
}

/** Node skips what is not base64 and would send other bytes than were meant. */
function decodeBase64(argument: string, text: string): Uint8Array {
  const compact = text.replace(/\s/g, '');
  // Not /=+$/: on a long run of = with something behind it, that takes quadratic time.
  let end = compact.length;
  while (compact[end - 1] === '=') end -= 1;
  const digits = compact.slice(0, end);
  if (/[^A-Za-z0-9+/_-]/.test(digits) || digits.length % 4 === 1) throw unreadable(argument);
  return Buffer.from(digits, 'base64');
}

function unreadable(argument: string): ArgumentError {
  return new ArgumentError(
    `The argument "${argument}" must be the file's bytes as base64 or as a data URI.`,
  );
}
