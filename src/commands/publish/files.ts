import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../errors.js';
import type { Cases } from './cases.js';

type Json = Readonly<Record<string, unknown>>;

/** The text of an earlier run; empty if there is none. */
export function readText(folder: string, path: string): string {
  const place = join(folder, path);
  return existsSync(place) ? readFileSync(place, 'utf8') : '';
}

/** The object of an earlier run; empty if there is none. @throws InputError `BROKEN_SUBMISSION` */
export function readObject(folder: string, path: string): Json {
  const text = readText(folder, path);
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Reported below, like any other value that is not an object.
  }
  throw broken(path, 'The file is not a JSON object.');
}

/** The cases that the user edited, or else new ones. @throws InputError `BROKEN_SUBMISSION` */
export function readCases(folder: string, path: string, made: Cases): Cases {
  const { positive = made.positive, negative = made.negative } = readObject(folder, path);
  const isCase = (value: unknown) =>
    hasTexts(value, ['description', 'user_prompt', 'expected_output']);
  const isPositive = (value: unknown) => isCase(value) && hasTexts(value, ['tool']);
  const isNegative = (value: unknown) => isCase(value) && Array.isArray((value as Json)['without']);
  if (!Array.isArray(positive) || !positive.every(isPositive))
    throw broken(path, 'A positive case needs description, user_prompt, tool and expected_output.');
  if (!Array.isArray(negative) || !negative.every(isNegative))
    throw broken(
      path,
      'A negative case needs description, user_prompt, without and expected_output.',
    );
  const withArguments = (positive as Cases['positive']).map((one) => ({
    ...one,
    arguments: argumentsOf(one),
  }));
  return { positive: withArguments, negative: negative as Cases['negative'] };
}

function argumentsOf(one: unknown): Json {
  const value = (one as Json)['arguments'];
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return names.every((name) => typeof (value as Json)[name] === 'string');
}

/** Writes a file if it changed, and returns whether it did. */
export function writeFile(folder: string, path: string, content: string): boolean {
  if (readText(folder, path) === content) return false;
  const place = join(folder, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, content);
  return true;
}

function broken(place: string, message: string): InputError {
  const remedy = 'Correct it, or remove the file so that it is written again.';
  return new InputError({ code: 'BROKEN_SUBMISSION', message, place, remedy });
}
