import { relative, resolve } from 'node:path';
import { emit } from './emit/emit.js';
import type { OutputFile } from './emit/file.js';
import type { Document, LoadOptions } from './load/document.js';
import { load } from './load/load.js';
import { withLock } from './lock.js';
import { plan as makePlan } from './plan/make-plan.js';
import type { Plan, PlanOptions } from './plan/plan.js';
import { version } from './version.js';

/** What to generate from, and how. */
export interface GenerateOptions extends PlanOptions, LoadOptions {
  /** The OpenAPI document: a path or an HTTP(S) URL. */
  readonly url: string;
  /** The folder the project is meant for, which files name the document relative to. Default: `./<projectName>`. */
  readonly output?: string;
}

/** A generated project that is not on disk yet. */
export interface Generated {
  readonly plan: Plan;
  /** In code unit order of their paths, the lock included. */
  readonly files: readonly OutputFile[];
}

/** Generates a project from an OpenAPI document. Reads, but does not write. @throws InputError */
export async function generate(options: GenerateOptions): Promise<Generated> {
  const plan = await prepare(options);
  const files = await emit(plan, progressOf(options));
  const { location: source, hash: specHash } = plan.source;
  return { plan, files: withLock(files, { generator: version, source, specHash }) };
}

/** The first half of `generate`: what would be printed. @throws InputError */
export async function prepare(options: GenerateOptions): Promise<Plan> {
  const document = await load(options.url, options);
  return makePlan(seenFrom(options.output ?? './project', document), options);
}

/** A project is generated again from its own folder, so that is where the path to the document starts. */
function seenFrom(output: string, document: Document): Document {
  const seen = (source: string) =>
    /^[a-z][a-z0-9+.-]+:/i.test(source)
      ? source
      : relative(resolve(output), resolve(source)).replaceAll('\\', '/');
  return { ...document, source: seen(document.source), overlays: document.overlays.map(seen) };
}

function progressOf({ onProgress }: LoadOptions): Parameters<typeof emit>[1] {
  if (onProgress === undefined) return {};
  return { onProgress: (done, total) => onProgress(`Formatting ${done} of ${total} files`) };
}
