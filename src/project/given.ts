import { readFile } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import { parseUrl } from '../../templates/src/runtime/text.js';
import { InputError } from '../errors.js';
import { withoutCredentials } from '../load/read/location.js';
import type { Terminal } from '../print/terminal.js';
import { fromHome } from './flags.js';

/** The text of the file that a flag names, or of stdin for `-`. Rejects if it cannot be read. */
export function readGiven(source: string, { input }: Pick<Terminal, 'input'>): Promise<string> {
  return source === '-' ? readText(input) : readFile(fromHome(source), 'utf8');
}

/** The access token in such a file. @throws InputError `NO_TOKEN`, which does not repeat it */
export async function readToken(source: string, terminal: Terminal): Promise<string> {
  const text = await readGiven(source, terminal).catch(() => {
    throw noToken(`${source} cannot be read.`);
  });
  const token = text.trim().replace(/^Bearer\s+/i, '');
  if (token === '' || /\s/.test(token)) throw noToken('It does not contain a token.');
  return token;
}

function noToken(message: string): InputError {
  const remedy = 'Pass a file that contains only the access token, or - to read it from stdin.';
  return new InputError({ code: 'NO_TOKEN', message, place: '--token', remedy });
}

/** The URL that a flag has as its value. @throws InputError `INVALID_URL` */
export function toUrl(text: string, flag: string): URL {
  const url = parseUrl(text);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new InputError({
    code: 'INVALID_URL',
    message: `${JSON.stringify(withoutCredentials(text))} is not an http or https URL.`,
    place: flag,
    remedy: 'Write it with its scheme: https://….',
  });
}
