import { open as openFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, type Problem } from '../../errors.js';
import { array, object, text } from '../../json.js';
import type { Document } from '../../load/document.js';
import { count, plural, someOf } from '../../numbers.js';
import type { Plan } from '../../plan/types.js';
import { formatProblems } from '../../print/problems.js';
import type { Terminal } from '../../print/terminal.js';
import { fromHome, type GenerateFlags } from '../../project/flags.js';
import type { Asker } from './asker.js';
import { candidatesOf, groupByTag } from './candidates.js';
import { open, type Opened } from './open.js';
import { cut } from './pick.js';

/** Asks for the document until one can be used, and summarizes it. @throws InputError */
export async function askDocument(
  flags: GenerateFlags,
  asker: Asker,
  terminal: Terminal,
): Promise<Opened> {
  let url = flags.url ?? (await choose(await documentsIn('.'), asker));
  for (;;) {
    const opened = await tryOpen({ ...flags, url }, terminal);
    if (opened !== undefined) {
      asker.say('step', ...describeDocument(opened.document, opened.plan));
      return opened;
    }
    url = await askSource(asker, url);
  }
}

/** Offers the documents found in the folder, or another one. */
async function choose(found: readonly string[], asker: Asker): Promise<string> {
  const [first, ...others] = found;
  if (first === undefined) return askSource(asker);
  const { label, isOther } = await asker.choose('Which OpenAPI document?', [
    { label: first, isOther: false },
    ...others.map((label) => ({ label, isOther: false })),
    { label: 'Another file, or a URL', isOther: true },
  ]);
  return isOther ? askSource(asker) : label;
}

async function askSource(asker: Asker, initial?: string): Promise<string> {
  const source = await asker.line({
    message: 'Where is the OpenAPI document? (a file or a URL)',
    placeholder: './openapi.yaml',
    ...(initial !== undefined && { initial }),
    fault: (value) => (value === '' ? 'Enter a file or a URL.' : undefined),
  });
  return fromHome(source);
}

/** Undefined, once its problems are shown, if the document cannot be used. */
async function tryOpen(draft: Opened['draft'], terminal: Terminal): Promise<Opened | undefined> {
  try {
    return await open(draft, terminal);
  } catch (error) {
    if (!(error instanceof InputError) || error.problems.some(isOfAnotherFlag)) throw error;
    terminal.remark(`\n${formatProblems(error.problems, terminal)}`);
    return undefined;
  }
}

/** Whether a problem is not about the document, so that choosing another document would not fix it. */
function isOfAnotherFlag({ place }: Problem): boolean {
  return place?.startsWith('--') === true && place !== '--url';
}

/** How many bytes at the start of a file are searched for its kind of document. */
const HEAD = 4096;

/** How many documents are offered, and how many files are read. */
const [MOST, LOOKED_AT] = [9, 200];

/** The OpenAPI documents in a folder, sorted by name: JSON and YAML files that identify themselves at the start. */
export async function documentsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile() && /\.(json|ya?ml)$/i.test(entry.name))
    .map(({ name }) => name)
    .sort()
    .slice(0, LOOKED_AT);
  const found = await Promise.all(names.map((name) => isDocument(join(folder, name))));
  return names.filter((_, index) => found[index]).slice(0, MOST);
}

async function isDocument(path: string): Promise<boolean> {
  const file = await openFile(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    const head = buffer.toString('utf8', 0, bytesRead);
    return /^(?:\s*\{)?\s*["']?(openapi|swagger)["']?\s*:\s*["']?\d/m.test(head);
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

/** Limits of a list on one line: the number of entries, and the characters of each. */
const shown = 6;
const longest = 30;

/** A summary of a document, in a few lines. */
function describeDocument(document: Document, plan: Plan): string[] {
  const { api, warnings } = plan;
  const candidates = candidatesOf(document, plan);
  const tags = groupByTag(candidates).flatMap(({ tag }) => tag ?? []);
  const servers = array(document.openapi['servers']).flatMap(
    (server) => text(object(server)['url']) ?? [],
  );
  return [
    `${api.title} ${api.version}`,
    `Operations:       ${count(candidates.length)}`,
    `Tags:             ${list(tags)}`,
    `Servers:          ${list(servers)}`,
    `Security schemes: ${list(Object.keys(api.securitySchemes))}`,
    ...(warnings.length > 0 ? [`Warnings:         ${summary(plan)}`] : []),
  ];
}

function summary({ warnings }: Plan): string {
  const codes = [...new Set(warnings.map(({ code }) => code))];
  return `${plural(warnings.length, 'warning')} (${list(codes)}); they are listed at the end`;
}

function list(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return someOf(
    names.map((name) => cut(name, longest)),
    shown,
  );
}
