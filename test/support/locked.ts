import { hashContent } from '../../src/lock/files.js';
import { printLock, lockPath, lockVersion, type Lock } from '../../src/lock/lock.js';
import type { OutputFile } from '../../src/emit/file.js';
import { byCodeUnit } from '../../src/json.js';

/** An arbitrary lock. */
export const sampleLock: Lock = {
  version: lockVersion,
  generator: '0.0.1',
  source: { location: '../spec.yaml', hash: 'a'.repeat(64) },
  flags: { url: '../spec.yaml' },
  files: new Map(),
};

/** A project of these files: `contents` are generated, `README.md` is the user's, and there is a lock for them. */
export function project(contents: Record<string, string>, readme = 'hello\n'): OutputFile[] {
  const generated = Object.entries(contents).map(([path, content]) => ({
    path,
    content,
    owner: 'generated' as const,
  }));
  const files = new Map(generated.map(({ path, content }) => [path, hashContent(content)]));
  return [
    ...generated,
    { path: 'README.md', content: readme, owner: 'yours' as const },
    { path: lockPath, content: printLock({ ...sampleLock, files }), owner: 'generated' as const },
  ].sort((a, b) => byCodeUnit(a.path, b.path));
}
