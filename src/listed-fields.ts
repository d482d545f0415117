/** Characters of names in a listing; they bring the argument `fields` to about 120 bytes. */
const MAX_NAMES = 36;

/** The names of a response's members that a tool lists: the first ones. */
export function listedFields(names: readonly string[]): string[] {
  const end = names.findIndex((_, index) => !fitInListing(names.slice(0, index + 1)));
  return names.slice(0, end === -1 ? names.length : end);
}

/** Whether all of these names are listed. */
export function fitInListing(names: readonly string[]): boolean {
  return names.join(', ').length <= MAX_NAMES;
}
