/** The `traceparent` of a request's `_meta`, if it is one (W3C Trace Context section 3.2). */
export function traceparentOf(
  meta: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  const value = meta?.['traceparent'];
  if (typeof value !== 'string') return undefined;
  const [, version, trace, parent] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(value) ?? [];
  const empty = [trace, parent].some((id) => id === undefined || /^0+$/.test(id));
  return version === 'ff' || empty ? undefined : value;
}
