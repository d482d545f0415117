import { join } from 'node:path';
import { parseEnv } from 'node:util';
import {
  SettingsError,
  Environment as SettingsReader,
  type Variables,
} from '../../templates/src/runtime/environment.js';
import { dotenvValue } from '../emit/quote.js';
import { InputError } from '../errors.js';
import { readIfThere, writePrivately } from './private-file.js';

/** Variables by name. */
export type Values = Readonly<Record<string, string>>;

/** The variables that the `.env` of a project sets; empty without the file. */
export async function readDotenv(directory: string): Promise<Values> {
  const text = (await readIfThere(join(directory, '.env'))) ?? '';
  return Object.fromEntries(
    Object.entries(parseEnv(text)).map(([name, value]) => [name, value ?? '']),
  );
}

/**
 * Sets variables in the `.env` of a project, which only its owner can read afterwards; `undefined` removes one. `start`
 * is the text of a new file.
 */
export async function writeDotenv(
  directory: string,
  values: Readonly<Record<string, string | undefined>>,
  start = HEADER,
): Promise<void> {
  const path = join(directory, '.env');
  const before = await readIfThere(path);
  const after = withVariables(before ?? start, values);
  if (after !== before) await writePrivately(path, after);
}

const HEADER = '# Read at start, after the environment. .env.example describes every variable.\n';

/** The text of a `.env` with variables set in place, or at the end. @throws InputError for a value that cannot be in one */
function withVariables(text: string, values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values).reduce((before, [name, value]) => set(before, name, value), text);
}

/** Only one of several lines with a name is left: the last one would count. A value in quotes may have several lines. */
function set(text: string, name: string, value: string | undefined): string {
  const line = value === undefined ? '' : lineOf(name, value);
  const start = `^[ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*`;
  const found = new RegExp(`${start}(?:(["'\`])[^]*?\\1)?.*(?:\\r?\\n|$)`, 'gm');
  if (text.match(found) === null)
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}`;
  const lines = [line];
  return text.replace(found, () => lines.pop() ?? '');
}

function lineOf(name: string, value: string): string {
  const line = `${name}=${dotenvValue(value)}`;
  if (parseEnv(line)[name] === value) return `${line}\n`;
  throw new InputError({
    code: 'UNUSUAL_VALUE',
    message: `The value of ${name} cannot be written to a .env file.`,
    place: name,
    remedy: `Write it to a file, and set ${name}_FILE in .env to the path of that file.`,
  });
}

/** Settings as a server reads them. @throws InputError `WRONG_SETTINGS` */
export function settingsIn<T>(
  place: string,
  values: Variables,
  read: (settings: SettingsReader) => T,
): T {
  try {
    const settings = new SettingsReader(values);
    const found = read(settings);
    settings.throwProblems();
    return found;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new InputError({
      code: 'WRONG_SETTINGS',
      message: `The settings of the server are wrong: ${error.message.replaceAll('\n', '; ')}.`,
      place,
      remedy: 'Correct these variables.',
    });
  }
}
