import { existsSync, type Dirent } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { OutputFile } from '../../src/emit/file.js';
import { write } from '../../src/write/write.js';
import { listen, type Operation } from '../support/faults.js';
import { project } from '../support/locked.js';

// A regeneration adds, changes and deletes files of a project, with and without separate folders, keeps others, and
// writes one of the user's for the first time; there are also files that it does not know.

export const oldFiles = project({
  '.env.example': 'old\n',
  'src/generated/kept.ts': 'kept\n',
  'src/generated/tools/changed.ts': 'old\n'.repeat(500),
  'src/generated/tools/deleted.ts': 'old\n',
  'src/generated/tools/lonely/er/deleted.ts': 'old\n',
});

export const newFiles: readonly OutputFile[] = [
  ...project({
    '.env.example': 'new\n',
    'src/generated/kept.ts': 'kept\n',
    'src/generated/tools/added.ts': 'new\n',
    'src/generated/tools/changed.ts': 'new\n'.repeat(500),
    'src/generated/tools/deep/added.ts': 'new\n',
  }),
  { path: 'Dockerfile', content: 'new\n', owner: 'yours' },
];

/** The files that the generator did not write, or wrote only once. */
export const usersFiles: Readonly<Record<string, string>> = {
  'README.md': 'mine\n',
  'notes.txt': 'mine\n',
  'src/generated/tools/mine.ts': 'mine\n',
};

/** The contents of a folder, by path, including folders, so that an empty one counts. */
export type Snapshot = Readonly<Record<string, string>>;

/** Projects to interrupt, in a separate temporary folder. */
export class Regeneration {
  readonly #base: string;
  /** The project before and after the regeneration. */
  readonly before: Snapshot;
  readonly after: Snapshot;

  private constructor(base: string, before: Snapshot, after: Snapshot) {
    this.#base = base;
    this.before = before;
    this.after = after;
  }

  static async prepare(): Promise<Regeneration> {
    const base = await mkdtemp(join(tmpdir(), 'regeneration-'));
    const [before, after] = [join(base, 'before'), join(base, 'after')];
    await write(oldFiles, before);
    for (const [path, content] of Object.entries(usersFiles)) await put(before, path, content);
    await cp(before, after, { recursive: true });
    await write(newFiles, after);
    return new Regeneration(base, await snapshot(before), await snapshot(after));
  }

  /** A copy of the old project. */
  async project(): Promise<string> {
    const folder = await mkdtemp(join(this.#base, 'project-'));
    await cp(join(this.#base, 'before'), folder, { recursive: true });
    return folder;
  }

  /** An empty folder. */
  folder(): Promise<string> {
    return mkdtemp(join(this.#base, 'folder-'));
  }

  /** A path where nothing exists yet. */
  async place(): Promise<string> {
    return join(await this.folder(), 'in', 'it');
  }

  /** The operations of an undisturbed regeneration. */
  async operations(): Promise<Operation[]> {
    const operations: Operation[] = [];
    const folder = await this.project();
    await listen(
      (operation) => void operations.push(operation),
      () => write(newFiles, folder),
    );
    return operations;
  }

  async remove(): Promise<void> {
    await rm(this.#base, { recursive: true, force: true });
  }
}

export async function put(folder: string, path: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

export async function snapshot(folder: string): Promise<Snapshot> {
  const entries = existsSync(folder) ? await list(folder) : [];
  const contents = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const content = entry.isFile() ? await readFile(path, 'utf8') : '(folder)';
    return [path.slice(folder.length + 1), content] as const;
  });
  try {
    return Object.fromEntries((await Promise.all(contents)).sort());
  } catch {
    return snapshot(folder);
  }
}

/** A recursive `rm` that fails still deletes for a moment, so files vanish while they are listed and read. */
async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true });
  } catch {
    return list(folder);
  }
}

/** The names of the staging folders in a snapshot. */
export function stagings(found: Snapshot): string[] {
  return Object.keys(found).filter((path) => /^\.openapi-to-mcp-[^/]*$/.test(path));
}

/** The snapshot without staging folders. */
export function unstaged(found: Snapshot): Snapshot {
  return Object.fromEntries(
    Object.entries(found).filter(([path]) => !path.startsWith('.openapi-to-mcp-')),
  );
}

/** Whether all new files are staged and only have to be put in place. */
export function isCommitted(found: Snapshot): boolean {
  return stagings(found).some((staging) => Object.hasOwn(found, `${staging}/journal.json`));
}

/** At any moment, every file is complete, and none of the user's has changed. */
export function expectWhole(found: Snapshot, { before, after }: Regeneration): void {
  for (const [path, content] of Object.entries(unstaged(found))) {
    expect([before[path], after[path]], path).toContain(content);
  }
  expect(found).toMatchObject(usersFiles);
}
