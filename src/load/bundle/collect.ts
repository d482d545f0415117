import { InputError, type Problem } from '../../errors.js';
import { bundle } from './bundle.js';
import { decode } from '../read/decode.js';
import type { Json, Report } from '../document.js';
import { display, relativeTo, within } from '../read/location.js';
import { parse } from '../parse/parse.js';
import type { Read, Source } from '../read/read.js';
import type { LoadedFile } from './resolver.js';
import { isSelfContained } from './self-contained.js';

/** The document that everything begins with. */
export interface Root {
  readonly source: Source;
  readonly value: Json;
  readonly swagger: boolean;
}

/** Documents that are read at the same time. */
const parallel = 8;

/** Documents that lead to documents; every level costs one more bundling. */
const maxLevels = 64;

/**
 * Reads the documents that a root refers to, and those that they refer to, until bundling misses nothing. Those
 * that cannot be read are reported together.
 */
export async function collect(root: Root, read: Read, report: Report): Promise<Json> {
  const { url } = root.source;
  if (isSelfContained(root.value, url, root.swagger)) return root.value;
  const files = new Map<string, LoadedFile | undefined>([
    [url.href, { value: root.value, base: url }],
  ]);
  const problems = new Map<string, Problem>();
  for (let level = 0; level <= maxLevels; level += 1) {
    const missing = new Set<string>();
    const document = bundle(url.href, files, root.swagger, {
      missing: (uri) => missing.add(uri),
      forbidden: (from, ref) => problems.set(`${from.href} ${ref}`, forbidden(url, from, ref)),
    });
    if (missing.size === 0) return finish(document, problems);
    await inParallel([...missing].sort(), async (uri) => {
      files.set(uri, await load(new URL(uri)));
    });
  }
  throw new InputError(tooManyLevels(url));

  async function load(uri: URL): Promise<LoadedFile | undefined> {
    const name = relativeTo(url, uri);
    try {
      const found = await read(uri);
      return { value: parse(decode(found.bytes, name), name, report), base: found.url };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      for (const problem of error.problems) {
        if (isBroken(problem)) report({ ...within(problem, name), remedy: unresolvedRemedy });
        else problems.set(`${name} ${problem.code}`, within(problem, name));
      }
      return undefined;
    }
  }
}

const unresolvedRemedy =
  'Mend the file or the $ref; until then operations that need it are left out.';

/**
 * Whether a part of the document is missing or wrong, as it will be the next time; what the network did not give
 * today must not make tools disappear.
 */
function isBroken({ code }: Problem): boolean {
  return ['SOURCE_NOT_FOUND', 'SOURCE_NOT_TEXT', 'INVALID_SYNTAX'].includes(code);
}

function finish(document: Json, problems: ReadonlyMap<string, Problem>): Json {
  const found = [...problems.keys()].sort().flatMap((key) => problems.get(key) ?? []);
  if (found.length > 0) throw new InputError(found);
  return document;
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

function forbidden(root: URL, from: URL, reference: string): Problem {
  const target = URL.canParse(reference, from.href)
    ? display(new URL(reference, from))
    : 'elsewhere';
  return {
    code: 'REF_FORBIDDEN',
    message: `A document at ${display(from)} must not refer to ${target}.`,
    place: relativeTo(root, from),
    remedy: 'Download the documents and refer from file to file, or correct the $ref.',
  };
}

function tooManyLevels(url: URL): Problem {
  return {
    code: 'TOO_DEEP',
    message: `More than ${maxLevels} documents refer to one another in a row.`,
    place: display(url),
    remedy: 'Bundle the documents into one.',
  };
}
