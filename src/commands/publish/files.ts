import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '../../errors.js';
import { isObject, object, parseJson, type JsonObject } from '../../json.js';
import { listIn } from '../../net/metadata.js';
import { ofSystem } from '../../project/private-file.js';
import { ProjectFolder } from '../../write/project-folder.js';
import type { Cases, NegativeCase, PositiveCase } from './cases.js';

/** The text of an earlier run; empty if there is none. @throws InputError `LEADS_OUTSIDE`, `CANNOT_READ` */
export async function readText(folder: string, path: string): Promise<string> {
  const project = await ProjectFolder.open(folder);
  const text = await project.read(path).catch((error: unknown) => {
    throw ofSystem(error, 'CANNOT_READ', path);
  });
  return (text ?? '').replace(/^\u{FEFF}/u, '');
}

/** The object of an earlier run; empty if there is none. @throws InputError `BROKEN_SUBMISSION` */
export async function readObject(folder: string, path: string): Promise<JsonObject> {
  const text = await readText(folder, path);
  if (text === '') return {};
  const value = parseJson(text);
  if (isObject(value)) return value;
  throw broken(path, 'The file is not a JSON object.');
}

/** The cases that the user edited, or else new ones. @throws InputError `BROKEN_SUBMISSION` */
export async function readCases(folder: string, path: string, made: Cases): Promise<Cases> {
  const written: { positive?: unknown; negative?: unknown } = await readObject(folder, path);
  const { positive = made.positive, negative = made.negative } = written;
  if (!Array.isArray(positive) || !positive.every(isPositive))
    throw broken(path, 'A positive case needs description, user_prompt, tool and expected_output.');
  if (!Array.isArray(negative) || !negative.every(isNegative))
    throw broken(
      path,
      'A negative case needs description, user_prompt, without and expected_output.',
    );
  const withArguments = positive.map((one) => ({ ...one, arguments: object(one.arguments) }));
  return { positive: withArguments, negative };
}

const TEXTS = ['description', 'user_prompt', 'expected_output'];

function isPositive(value: unknown): value is PositiveCase {
  return hasTexts(value, [...TEXTS, 'tool']);
}

function isNegative(value: unknown): value is NegativeCase {
  return hasTexts(value, TEXTS) && listIn(object(value), 'without') !== undefined;
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return names.every((name) => typeof object(value)[name] === 'string');
}

/** Writes a file if it changed. Resolves to whether it did. @throws InputError `LEADS_OUTSIDE`, `CANNOT_WRITE` */
export async function writeChanged(
  folder: string,
  path: string,
  content: string,
): Promise<boolean> {
  if ((await readText(folder, path)) === content) return false;
  const place = join(folder, path);
  try {
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, content);
  } catch (error) {
    throw ofSystem(error, 'CANNOT_WRITE', path);
  }
  return true;
}

function broken(place: string, message: string): InputError {
  const remedy = 'Correct it, or remove the file so that it is written again.';
  return new InputError({ code: 'BROKEN_SUBMISSION', message, place, remedy });
}
