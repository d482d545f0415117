import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../errors.js';
import { isObject, object, parseJson, type JsonObject } from '../../json.js';
import type { Cases, NegativeCase, PositiveCase } from './cases.js';

/** The text of an earlier run; empty if there is none. */
export function readText(folder: string, path: string): string {
  const place = join(folder, path);
  return existsSync(place) ? readFileSync(place, 'utf8') : '';
}

/** The object of an earlier run; empty if there is none. @throws InputError `BROKEN_SUBMISSION` */
export function readObject(folder: string, path: string): JsonObject {
  const text = readText(folder, path);
  if (text === '') return {};
  const value = parseJson(text);
  if (isObject(value)) return value;
  throw broken(path, 'The file is not a JSON object.');
}

/** The cases that the user edited, or else new ones. @throws InputError `BROKEN_SUBMISSION` */
export function readCases(folder: string, path: string, made: Cases): Cases {
  const written: { positive?: unknown; negative?: unknown } = readObject(folder, path);
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
  return hasTexts(value, TEXTS) && Array.isArray(object(value)['without']);
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return names.every((name) => typeof object(value)[name] === 'string');
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
