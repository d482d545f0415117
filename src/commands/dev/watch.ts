import { watch as watchFolder } from 'node:fs';

/** How long to collect events into one change, in milliseconds: editors write a file in several steps. */
const settle = 200;

/** Calls `onChange` after a change in a folder, never twice concurrently. Returns a function that stops watching. */
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
