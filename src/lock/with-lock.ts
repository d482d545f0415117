import { hashContent } from './files.js';
import type { OutputFile } from '../emit/file.js';
import { printLock, lockPath, lockVersion } from './lock.js';
import { byCodeUnit } from '../json.js';
import type { Document } from '../load/document.js';
import { flagsOf } from '../plan/command.js';
import type { Plan, PlanOptions } from '../plan/types.js';
import { version } from '../package.js';

/** The files with the lock that describes them, in code unit order of the paths. */
export function withLock(
  files: readonly OutputFile[],
  source: Plan['source'],
  document: Document,
  options: PlanOptions,
): OutputFile[] {
  const generated = files.filter(({ owner }) => owner === 'generated');
  const content = printLock({
    version: lockVersion,
    generator: version.replace(/[+-].*$/, ''),
    source,
    flags: flagsOf(document, options),
    files: new Map(generated.map((file) => [file.path, hashContent(file.content)])),
  });
  return [...files, { path: lockPath, content, owner: 'generated' as const }].sort((a, b) =>
    byCodeUnit(a.path, b.path),
  );
}
