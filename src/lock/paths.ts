/**
 * Whether a path is relative, with forward slashes, and names something below the folder it is relative to; not
 * below `.git`, though: what is there is run.
 */
export function isProjectPath(path: string): boolean {
  return (
    !/[\\:\0]/.test(path) &&
    path.split('/').every((segment) => !/^(?:\.{0,2}|\.git[. ]*|git~1)$/i.test(segment))
  );
}

/** Whether the generator can have written a file there, so that it may delete it; a lock may name any path. */
export function isGeneratedPath(path: string): boolean {
  return /^(src\/(generated|runtime)\/|\.env\.example$)/.test(path);
}
