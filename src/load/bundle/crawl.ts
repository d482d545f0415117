import { parseUrl } from '../../../templates/src/runtime/text.js';
import { InputError, type Problem } from '../../errors.js';
import { childOf, isObject, object, type Json } from '../../json.js';
import type { Report } from '../document.js';
import type { Kind, Sections } from '../grammar.js';
import { maxRepeated } from '../limits.js';
import { parseBytes } from '../parse/parse.js';
import { formatPointer, valueAt } from '../../pointer.js';
import { tooRepetitive } from '../problems.js';
import { display, relativeTo, within } from '../read/location.js';
import type { Read } from '../read/read.js';
import { correctLevels } from '../missing-levels.js';
import { lowerMethods } from '../path-items.js';
import { isReference, visit } from '../walk.js';
import { createResolver } from './resolver.js';
import type { Files, LoadedFile, Location, Place } from './resolver.js';

/** Documents that are read in parallel. */
const parallel = 8;

/** Depth of documents that refer to documents. */
const maxRounds = 64;

/** A reference, its place, and the kind of its expected target. */
interface Link {
  readonly from: Place;
  readonly reference: string;
  readonly kind: Kind;
}

interface Crawl {
  readonly root: URL;
  readonly files: Map<string, LoadedFile | undefined>;
  readonly problems: Map<string, Problem>;
  readonly report: Report;
  readonly read: Read;
  /** Values already walked, by the kind that they were walked as. */
  readonly walked: Map<Kind, Set<Json>>;
  /** References not followed yet. */
  readonly links: Link[];
  readonly sections: Sections;
  visited: number;
  isWhole: boolean;
  isDynamic: boolean;
}

/** The documents that a crawl read, and what it saw in them. */
export interface Crawled {
  readonly files: Files;
  /** There is nothing to bundle: every reference is already written as it would be. */
  readonly isWhole: boolean;
  /** Some reference is a `$dynamicRef`. */
  readonly isDynamic: boolean;
}

/**
 * Reads the documents that a document refers to, then those that they refer to, until none is missing. Only the
 * referenced parts of a document are followed. Documents that cannot be read are reported together.
 */
export async function crawl(
  url: URL,
  value: Json,
  sections: Sections,
  read: Read,
  report: Report,
): Promise<Crawled> {
  const files = new Map<string, LoadedFile | undefined>([[url.href, { value, base: url }]]);
  const state = {
    root: url,
    files,
    sections,
    read,
    report,
    problems: new Map(),
    walked: new Map(),
  };
  const run: Crawl = { ...state, links: [], visited: 0, isWhole: true, isDynamic: false };
  walk({ uri: url.href, path: [], value }, 'root', run);
  for (let round = 0; round <= maxRounds; round += 1) {
    const missing = follow(run);
    if (missing.length === 0) {
      refuse(run.problems);
      return { files, isWhole: run.isWhole, isDynamic: run.isDynamic };
    }
    // In the order of the documents, not of their arrival: two runs must report the same.
    for (const document of await inParallel(nearest(missing, url), run)) keep(document, run);
  }
  throw new InputError(tooManyRounds(url));
}

/**
 * Documents on the same host as the root come first: one of them may define the `$id` that another reference asks
 * for.
 */
function nearest(missing: readonly string[], { protocol, host }: URL): readonly string[] {
  const beside = missing.filter((uri) => {
    const url = new URL(uri);
    return url.protocol === protocol && url.host === host;
  });
  return beside.length > 0 ? beside : missing;
}

/** Collects the references in a value, once per kind. */
function walk({ uri, path: start, value }: Location, kind: Kind, run: Crawl): void {
  const done = run.walked.get(kind) ?? new Set();
  run.walked.set(kind, done.add(value));
  const file = object(run.files.get(uri)?.value);
  visit(
    value,
    (found, foundKind, path) => {
      run.visited += uri === run.root.href ? 0 : 1;
      if (run.visited > maxRepeated) throw tooRepetitive(relativeTo(run.root, new URL(uri)));
      if (foundKind === 'schema') followDynamic(found, run);
      if (foundKind === 'pathItem') lowerMethods(found);
      // A schema that is the target of a reference may be one elsewhere, and is only corrected once it is bundled.
      if (path.length > 0 || childOf(found, 'schema') !== undefined)
        correctLevels(found, foundKind, file);
      const from = () => ({ uri, path: [...start, ...path] });
      if (isReference(found))
        run.links.push({ from: from(), reference: found.$ref, kind: foundKind });
      else if (foundKind === 'mapping') run.links.push(...mapped(found, from(), run));
    },
    kind,
  );
}

/** References that may resolve differently where they are used (`settleDynamic`) are followed as plain ones. */
function followDynamic(schema: Json, run: Crawl): void {
  if (!isObject(schema)) return;
  for (const key of ['$dynamicRef', '$recursiveRef']) {
    const reference = schema[key];
    if (typeof reference !== 'string') continue;
    run.isDynamic = true;
    if (schema['$ref'] !== undefined || key === '$recursiveRef')
      Reflect.deleteProperty(schema, key);
    schema['$ref'] ??= reference;
  }
}

function mapped(mapping: Json, from: Place, run: Crawl): Link[] {
  const file = from.uri === run.root.href ? undefined : run.files.get(from.uri)?.value;
  return Object.values(isObject(mapping) ? mapping : {}).flatMap((value): Link[] => {
    const reference = typeof value === 'string' ? mappedReference(value, file) : undefined;
    run.isWhole &&= reference === undefined || reference === value;
    return reference === undefined ? [] : [{ from, reference, kind: 'schema' }];
  });
}

/**
 * A value of a discriminator's mapping as a reference. A name means a schema of the root, or else of the file that
 * contains the discriminator.
 */
export function mappedReference(value: string, file: Json | undefined): string | undefined {
  if (/[#/]|\.(ya?ml|json)$/.test(value)) return value;
  const sections = [['components', 'schemas'], ['definitions'], ['$defs']];
  const section = sections.find((path) => valueAt(file ?? null, [...path, value]) !== undefined);
  return section && formatPointer([...section, value]);
}

/** Follows every reference whose target has been read, and returns the documents that the others need. */
function follow(run: Crawl): string[] {
  const resolver = createResolver(run.root.href, run.files);
  const missing = new Set<string>();
  const waiting: Link[] = [];
  for (let link = run.links.pop(); link !== undefined; link = run.links.pop()) {
    const resolution = resolver.resolve(link.from, link.reference, link.kind);
    if (resolution === undefined) continue;
    if ('missing' in resolution) {
      missing.add(resolution.missing);
      waiting.push(link);
    } else if ('forbidden' in resolution) {
      const { from, forbidden: reference } = resolution;
      run.problems.set(`${from.href} ${reference}`, forbidden(run.root, from, reference));
    } else {
      run.isWhole &&= isFinal(link, resolution.location, run);
      enter(resolution.location, link.kind, run);
    }
  }
  run.links.push(...waiting);
  return [...missing].sort();
}

/** Whether bundling would leave a reference as it is. */
function isFinal({ reference, kind }: Link, { uri, path }: Location, { root, sections }: Crawl) {
  return uri === root.href && sections(kind) !== undefined && reference === formatPointer(path);
}

function enter(location: Location, kind: Kind, run: Crawl): void {
  if (location.uri === run.root.href || run.walked.get(kind)?.has(location.value)) return;
  walk(location, kind, run);
}

/** A document that was read, or why it was not; `notes` do not stop the run. */
interface Loaded {
  readonly uri: string;
  readonly file?: LoadedFile;
  readonly notes: readonly Problem[];
  readonly failures: readonly Problem[];
}

/** Results are in the order of the URIs. */
async function inParallel(uris: readonly string[], run: Crawl): Promise<readonly Loaded[]> {
  const queue = uris.entries();
  const loaded: Loaded[] = [];
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (const [index, uri] of queue) loaded[index] = await load(uri, run);
    }),
  );
  return loaded;
}

async function load(uri: string, { root, read }: Crawl): Promise<Loaded> {
  const name = relativeTo(root, new URL(uri));
  const notes: Problem[] = [];
  try {
    const { bytes, url } = await read(new URL(uri));
    const value = parseBytes(bytes, name, (problem) => void notes.push(problem));
    return { uri, file: { value, base: url }, notes, failures: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { uri, notes, failures: error.problems.map((problem) => within(problem, name)) };
  }
}

function keep({ uri, file, notes, failures }: Loaded, { files, problems, report }: Crawl): void {
  files.set(uri, file);
  notes.forEach(report);
  for (const problem of failures) {
    if (isBroken(problem)) report({ ...problem, remedy: unresolvedRemedy });
    else problems.set(`${uri} ${problem.code}`, problem);
  }
}

const unresolvedRemedy =
  'Fix the file or the $ref. Until then, what only that file has is not described.';

/**
 * Whether a part of the document is missing or wrong: the next run will find the same. A network failure is different:
 * it must not make tools disappear.
 */
function isBroken({ code }: Problem): boolean {
  return ['SOURCE_NOT_FOUND', 'SOURCE_NOT_TEXT', 'NOT_OPENAPI', 'INVALID_SYNTAX'].includes(code);
}

function refuse(problems: ReadonlyMap<string, Problem>): void {
  const found = [...problems.keys()].sort().flatMap((key) => problems.get(key) ?? []);
  if (found.length > 0) throw new InputError(found);
}

function forbidden(root: URL, from: URL, reference: string): Problem {
  const url = parseUrl(reference, from);
  const target = url ? display(url) : 'elsewhere';
  return {
    code: 'REF_FORBIDDEN',
    message: `A document at ${display(from)} must not refer to ${target}.`,
    place: relativeTo(root, from),
    remedy: 'Download the documents and refer from file to file, or correct the $ref.',
  };
}

function tooManyRounds(url: URL): Problem {
  return {
    code: 'TOO_DEEP',
    message: `A chain of references leads through more than ${maxRounds} documents.`,
    place: display(url),
    remedy: 'Bundle the documents into one.',
  };
}
