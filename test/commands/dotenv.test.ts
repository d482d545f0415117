import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readDotenv, writeDotenv } from '../../src/project/dotenv.js';

let project: string;

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-dotenv-'));
});

afterEach(() => rm(project, { recursive: true, force: true }));

it.each([
  ['one that is set twice, where the last line counts', 'A=1\nKEY=1\nB=2\nKEY=2\n'],
  ['one with spaces around it', 'A=1\n  KEY = 1 # a comment\nB=2\n'],
  ['one in quotes on several lines', 'A=1\nKEY="1\n2" # a comment\nB=2\n'],
  ['one with a quote in its value', "A=1\nKEY=it's\nB=2\n"],
])('a variable is replaced, and removed: %s', async (_, before) => {
  const path = join(project, '.env');
  await writeFile(path, before);
  await writeDotenv(project, { KEY: 'new' });
  expect(await readDotenv(project)).toEqual({ A: '1', KEY: 'new', B: '2' });
  expect(await readFile(path, 'utf8')).toBe('A=1\nKEY=new\nB=2\n');
  await writeFile(path, before);
  await writeDotenv(project, { KEY: undefined });
  expect(await readFile(path, 'utf8')).toBe('A=1\nB=2\n');
});
