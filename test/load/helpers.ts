import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { InputError, type Problem } from '../../src/errors.js';
import type { Document } from '../../src/load/document.js';
import { load } from '../../src/load/load.js';
import { waiting } from '../support/http.js';

/** A folder with these files, which is removed after the test. */
export async function folder(files: Record<string, string | object>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'load-'));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

/** Loads the first of these files. */
export async function loadFiles(files: Record<string, string | object>): Promise<Document> {
  const root = await folder(files);
  return load(join(root, Object.keys(files)[0] ?? ''));
}

/** Loads one document. */
export function loadDocument(document: object): Promise<Document> {
  return loadFiles({ 'openapi.json': document });
}

/** The URL of a server on this machine, which is stopped after the test. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(waiting, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  return `http://127.0.0.1:${address.port}`;
}

/** The problems of a promise that is expected to reject with an InputError. */
export async function problemsOf(work: Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  throw new Error('it did not fail');
}

/** The codes of those problems. */
export async function codesOf(work: Promise<unknown>): Promise<string[]> {
  return (await problemsOf(work)).map(({ code }) => code);
}

/** A 3.0 document with these paths and other members. */
export function document3(paths: object, rest: object = {}): object {
  return { openapi: '3.0.3', info: { title: 'T', version: '1' }, paths, ...rest };
}

/** A 2.0 document with these paths and other members. */
export function document2(paths: object, rest: object = {}): object {
  return { swagger: '2.0', info: { title: 'T', version: '1' }, paths, ...rest };
}

/** An operation with a response of this schema. */
export function answering(schema: unknown): object {
  return {
    get: { responses: { 200: { description: '', content: { 'application/json': { schema } } } } },
  };
}

/** The schemas among the components of a document. */
export function schemas(document: Document): unknown {
  return at(document.openapi, 'components', 'schemas');
}

/** The value at a path in any value; undefined if the path leads nowhere. */
export function at(value: unknown, ...path: string[]): unknown {
  let found = value;
  for (const key of path) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  }
  return found;
}

/** The keys of any value. */
export function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

/** The CPU time of something in seconds, which other programs on the machine hardly change. */
export async function secondsOf(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}
