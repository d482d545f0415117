import { readFile } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import { InputError } from '../../errors.js';
import type { Terminal } from '../../print/terminal.js';

/** Reads an access token from a file or, for `-`, from stdin. @throws InputError `NO_TOKEN`, which does not repeat it */
export async function readToken(source: string, { input }: Terminal): Promise<string> {
  const text =
    source === '-'
      ? await readText(input)
      : await readFile(source, 'utf8').catch(() => {
          throw noToken(`${source} cannot be read.`);
        });
  const token = text.trim().replace(/^Bearer\s+/i, '');
  if (token === '' || /\s/.test(token)) throw noToken('There is no token in it.');
  return token;
}

function noToken(message: string): InputError {
  const remedy = 'Name a file with nothing but the access token, or - and pipe it in.';
  return new InputError({ code: 'NO_TOKEN', message, place: '--token', remedy });
}
