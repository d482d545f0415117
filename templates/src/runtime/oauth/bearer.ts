import { linesOf } from '../header-lines.js';

/** What the `Authorization` header of a request holds. */
export type Credentials =
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'malformed' };

const MAX_LENGTH = 8192;
// RFC 6750 section 2.1: b64token, after a scheme that RFC 9110 section 11.1 makes case-insensitive.
const BEARER = /^bearer +([\w\-.~+/]+=*) *$/i;

/** The bearer token of a request, from its raw header lines. */
export function readBearer(rawHeaders: readonly string[]): Credentials {
  const values = linesOf(rawHeaders, 'authorization');
  const [value] = values;
  if (value === undefined) return { kind: 'missing' };
  if (values.length > 1 || value.length > MAX_LENGTH) return { kind: 'malformed' };
  const token = BEARER.exec(value)?.[1];
  if (token !== undefined) return { kind: 'bearer', token };
  return /^bearer\b/i.test(value) || /[^\x20-\x7e]/.test(value)
    ? { kind: 'malformed' }
    : { kind: 'missing' };
}
