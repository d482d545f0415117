import type { Excess } from './limits.js';

/** A refusal of any kind: a small JSON body with a code and one fixed sentence. */
export function refuse(
  status: number,
  error: string,
  description: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ error, error_description: description }, { status, headers });
}

/** Refuses what is over a limit (RFC 6585 section 4). */
export function refuseExcess({ retryAfter }: Excess): Response {
  return refuse(429, 'too_many_requests', 'Too many of these requests in a minute.', {
    'Retry-After': String(retryAfter),
  });
}
