import { watch as watchFolder } from 'node:fs';

/** Editors write a file in several steps, and generators many files: one change, in milliseconds. */
const settle = 200;

/** Calls `onChange` after something in a folder changed, never twice at a time. Returns how to stop. */
export function watch(folder: string, onChange: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const watcher = watchFolder(folder, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(onChange);
    }, settle);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
