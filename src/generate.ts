import { relative, resolve } from 'node:path';
import type { OutputFile } from './emit/file.js';
import type { CiService } from './emit/templates.js';
import { byCodeUnit } from './json.js';
import type { Document, LoadOptions } from './load/document.js';
import { load } from './load/load.js';
import { hashContent } from './lock/files.js';
import { lockPath, lockVersion, printLock, type Lock } from './lock/lock.js';
import { version } from './package.js';
import { flagsOf } from './plan/command.js';
import { plan as makePlan } from './plan/plan.js';
import type { Plan, PlanOptions } from './plan/types.js';

/** The document to generate from, and the options. */
export interface GenerateOptions extends PlanOptions, LoadOptions {
  /** The OpenAPI document: a path or an HTTP(S) URL. */
  readonly url: string;
  /**
   * The project's folder, to which paths of the document are relative. Default: `./<projectName>`.
   */
  readonly output?: string;
  /** The CI service to write a workflow file for. It is written once and then belongs to the user. */
  readonly ci?: CiService;
}

/** A generated project that is not on disk yet. */
export interface Generated {
  readonly plan: Plan;
  /** Sorted by path in code unit order, the lock included. */
  readonly files: readonly OutputFile[];
}

/** Generates a project from an OpenAPI document. Reads, but does not write. @throws InputError */
export async function generate(options: GenerateOptions): Promise<Generated> {
  return make(await read(options), options);
}

/** The plan that `generate` would print. @throws InputError */
export async function prepare(options: GenerateOptions): Promise<Plan> {
  return makePlan(await read(options), options);
}

/** The document, relative to the project. @throws InputError */
export async function read(options: GenerateOptions): Promise<Document> {
  return seenFrom(options.output ?? './project', await load(options.url, options));
}

/** The second half of `generate`. @throws InputError */
export async function make(document: Document, options: GenerateOptions): Promise<Generated> {
  const plan = makePlan(document, options);
  // Loaded lazily: commands that print no project should not pay for the template engine.
  const { emit } = await import('./emit/emit.js');
  const files = await emit(plan, options.ci);
  const lock = lockOf(files, plan, flagsOf(document, options));
  return { plan, files: [...files, lock].sort((a, b) => byCodeUnit(a.path, b.path)) };
}

/** The lock that describes the files of a project. */
function lockOf(files: readonly OutputFile[], { source }: Plan, flags: Lock['flags']): OutputFile {
  const generated = files.filter(({ owner }) => owner === 'generated');
  const content = printLock({
    version: lockVersion,
    generator: version.replace(/[+-].*$/, ''),
    source,
    flags,
    files: new Map(generated.map((file) => [file.path, hashContent(file.content)])),
  });
  return { path: lockPath, content, owner: 'generated' };
}

/** The document with paths relative to the project's folder, where it is regenerated. */
export function seenFrom(output: string, document: Document): Document {
  const seen = (source: string) =>
    /^[a-z][a-z0-9+.-]+:/i.test(source)
      ? source
      : relative(resolve(output), resolve(source)).replaceAll('\\', '/');
  return { ...document, source: seen(document.source), overlays: document.overlays.map(seen) };
}
