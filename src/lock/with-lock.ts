import { hashContent } from '../content.js';
import type { OutputFile } from '../emit/file.js';
import { printLock } from '../emit/lock-file.js';
import { scopesOf } from '../emit/scopes-of.js';
import { hashIngredients } from './ingredients.js';
import { byCodeUnit } from '../json.js';
import type { Document } from '../load/document.js';
import { lockPath, lockVersion, type LockedRun } from './lock.js';
import { flagsOf } from '../plan/command.js';
import type { Plan, PlanOptions } from '../plan/plan.js';
import { totalTokens } from '../plan/tokens.js';
import { sealLock, unsealed } from './seal.js';
import { version } from '../version.js';

/** The files together with the lock that describes them, in code unit order of the paths. */
export function withLock(
  files: readonly OutputFile[],
  plan: Plan,
  document: Document,
  options: PlanOptions,
): OutputFile[] {
  const generated = files.filter(({ owner }) => owner === 'generated');
  const lock = printLock({
    version: lockVersion,
    generator: version.replace(/[+-].*$/, ''),
    source: { location: document.source, hash: document.hash },
    files: new Map(generated.map(({ path, content }) => [path, hashContent(content)])),
    run: {
      flags: flagsOf(document, options),
      tools: lockTools(plan),
      tokens: totalTokens(plan.api),
      warnings: countWarnings(plan, document),
      seal: unsealed,
    },
  });
  const content = sealLock(lock, hashIngredients(document, options));
  return [...files, { path: lockPath, content, owner: 'generated' as const }].sort((a, b) =>
    byCodeUnit(a.path, b.path),
  );
}

function lockTools({ api }: Plan): LockedRun['tools'] {
  return new Map(
    api.tools.map(({ name, request, annotations }) => {
      const operation = `${request.method} ${request.path}`;
      return [name, { operation, scopes: scopesOf(api, name), annotations: { ...annotations } }];
    }),
  );
}

/** Those of the document itself are known without planning it. */
function countWarnings({ warnings }: Plan, document: Document): LockedRun['warnings'] {
  const counts = new Map<string, number>();
  for (const warning of warnings) {
    if (document.warnings.includes(warning)) continue;
    counts.set(warning.code, (counts.get(warning.code) ?? 0) + 1);
  }
  return counts;
}
