/**
 * The values of a header's lines in a request's raw headers (name, value, name, value, …). Raw, because Node keeps
 * the first of several `Authorization` or `Host` lines, and a proxy in front may have looked at the last.
 */
export function linesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name,
  );
}
