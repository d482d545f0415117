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
