import { renameSync, writeFileSync } from 'node:fs';

/**
 * The operations that are done once for each file. With thousands of small files, handing each of them to another
 * thread costs five times as much as doing it; a project is not shared with anything that would wait meanwhile.
 */
export const disk = {
  writeFile: promised(writeFileSync),
  rename: promised(renameSync),
};

/** Errors become rejections. */
function promised<Args extends unknown[]>(work: (...args: Args) => void) {
  return (...args: Args) =>
    new Promise<void>((resolve) => {
      work(...args);
      resolve();
    });
}
