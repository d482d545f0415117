/** Workers have no files. @throws Error with a `code`, as on other platforms. */
export function readText(path: string): string {
  throw Object.assign(new Error(`There are no files: ${path}`), { code: 'ENOENT' });
}

/** Files cannot be written either. @throws Error */
export function writePrivately(path: string, _text: string): void {
  readText(path);
}

/** No other process runs here. */
export function exclusively<T>(_path: string, work: () => Promise<T>): Promise<T> {
  return work();
}

/** There are no folders. */
export function ownFolder(): string {
  return '.';
}

/** Client certificates do not exist here either. @throws Error */
export function acceptPair(_pair: { readonly cert: string; readonly key: string }): void {
  throw new Error('There are no client certificates.');
}
