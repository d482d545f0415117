import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, InputError, type Problem } from '../errors.js';
import type { Api } from '../../templates/src/runtime/api.js';
import { Unreadable } from './project/cursor.js';
import { importsOf, readApi, readConstant, type Import } from './project/parts.js';

const generated = 'src/generated';

/** Files read in parallel. */
const BATCH = 64;

/** A longer list does not help. */
const LISTED = 10;

/**
 * The API of a generated project, read from the files that this program printed. Nothing is run. @throws InputError
 * `NO_PROJECT`, or `UNREADABLE_PROJECT` for files edited by hand or printed by another version
 */
export async function readProject(directory: string): Promise<Api> {
  const content = await read(directory, 'api.ts');
  if (content === undefined) throw noProject(directory);
  const problems: Problem[] = [];
  const imports = attempt('api.ts', content, problems, importsOf) ?? [];
  const values = await readImported(directory, imports, problems);
  const api =
    problems.length > 0
      ? undefined
      : attempt('api.ts', content, problems, (text) => readApi(text, values));
  if (api === undefined) throw new InputError(problems.slice(0, LISTED));
  return api;
}

/** The parts of the API, by the names that its file imports. */
async function readImported(
  directory: string,
  imports: readonly Import[],
  problems: Problem[],
): Promise<Map<string, unknown>> {
  const values = new Map<string, unknown>();
  for (let start = 0; start < imports.length; start += BATCH) {
    const batch = imports.slice(start, start + BATCH);
    const contents = await Promise.all(batch.map(({ path }) => read(directory, path)));
    for (const [index, { name, path, check }] of batch.entries()) {
      const work = (text: string) => readConstant(text, name, check);
      values.set(name, attempt(path, contents[index], problems, work));
    }
  }
  return values;
}

async function read(directory: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(join(directory, generated, path), 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined;
    throw new InputError({
      code: 'UNREADABLE_PROJECT',
      place: `${generated}/${path}`,
      message: `The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      remedy: 'Make it readable, or name another folder.',
    });
  }
}

/** Problems of one file are reported with those of all others. */
function attempt<T>(
  path: string,
  content: string | undefined,
  problems: Problem[],
  work: (content: string) => T,
): T | undefined {
  try {
    if (content === undefined) throw new Unreadable('the file is missing');
    return work(content);
  } catch (error) {
    problems.push(unreadable(path, content ?? '', toUnreadable(error)));
    return undefined;
  }
}

/** This program does not print anything nested more deeply than the parser's call stack allows. */
function toUnreadable(error: unknown): Unreadable {
  if (error instanceof Unreadable) return error;
  if (error instanceof RangeError) return new Unreadable('endless nesting');
  throw error;
}

function unreadable(path: string, content: string, { message, position }: Unreadable): Problem {
  const line = content.slice(0, position).split('\n').length;
  return {
    code: 'UNREADABLE_PROJECT',
    place: `${generated}/${path}:${line}`,
    message: `This differs from what this version prints: ${message}.`,
    remedy: 'Regenerate the project from its document, with --force if files were edited by hand.',
  };
}

function noProject(directory: string): InputError {
  return new InputError({
    code: 'NO_PROJECT',
    place: join(directory, generated, 'api.ts'),
    message: 'There is no generated project here: this file does not exist.',
    remedy: 'Pass the folder of a project, or generate one with: openapi-to-mcp generate.',
  });
}
