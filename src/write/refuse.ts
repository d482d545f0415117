import type { Difference } from './compare.js';
import { InputError, type Problem } from '../errors.js';

/** Stops at what is not the generator's own work. @throws InputError `HAND_EDITED`, `FOREIGN_FILE` */
export function refuse(differences: readonly Difference[]): void {
  const paths = (kind: string) =>
    differences.filter((found) => found.kind === kind).map(({ path }) => path);
  const problems = [...handEdited(paths('edited')), ...foreign(paths('foreign'))];
  if (problems.length > 0) throw new InputError(problems);
}

function handEdited(paths: readonly string[]): Problem[] {
  if (paths.length === 0) return [];
  return [
    {
      code: 'HAND_EDITED',
      message: `Generated files were edited by hand: ${list(paths)}. Nothing was written.`,
      place: '--output',
      remedy:
        'Move the changes to src/main.ts, which is yours; --force overwrites (or deletes) these files.',
    },
  ];
}

function foreign(paths: readonly string[]): Problem[] {
  if (paths.length === 0) return [];
  return [
    {
      code: 'FOREIGN_FILE',
      message: `Files that this program did not write are in the way: ${list(paths)}. Nothing was written.`,
      place: '--output',
      remedy: 'Choose another folder with --output; --force overwrites these files.',
    },
  ];
}

function list(paths: readonly string[]): string {
  const rest = paths.length - 20;
  return paths.slice(0, 20).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
