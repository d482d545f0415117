/** Workers have no files. @throws Error with a `code`, as on other platforms. */
export function readText(path: string): string {
  throw Object.assign(new Error(`There are no files: ${path}`), { code: 'ENOENT' });
}

/** Client certificates do not exist here either. @throws Error */
export function acceptPair(_pair: { readonly cert: string; readonly key: string }): void {
  throw new Error('There are no client certificates.');
}
