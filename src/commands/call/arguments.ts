import { InputError } from '../../errors.js';
import { isObject } from '../../json.js';
import type { Terminal } from '../../print/terminal.js';
import { readGiven } from '../../project/given.js';

/** The arguments of a tool: JSON, `@file` with JSON, or `-` for JSON on stdin. @throws InputError */
export async function readArguments(
  given: string | undefined,
  terminal: Terminal,
): Promise<Record<string, unknown>> {
  if (given === undefined) return {};
  const isNamed = given === '-' || given.startsWith('@');
  try {
    const text = isNamed ? await readGiven(given.replace(/^@/, ''), terminal) : given;
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
  throw invalid('They are not a JSON object.');
}

function invalid(reason: string): InputError {
  return new InputError({
    code: 'INVALID_ARGUMENTS',
    message: `The arguments cannot be read: ${reason.replace(/\.$/, '')}.`,
    place: '--args',
    remedy: `Write a JSON object, for example --args '{"limit": 3}'; @file reads it from a file, - from stdin.`,
  });
}
