/** One HTTP exchange as plain values; the adapters translate to and from their platform's objects. */
export interface HttpRequest {
  /** In upper case, as it arrived. */
  readonly method: string;
  /** As it arrived, without the query: no other spelling of a path leads around the gate. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /**
   * Name, value, name, value, … as they arrived: Node keeps the first of several `Authorization` or `Host` lines, and
   * a proxy in front may have looked at the last.
   */
  readonly headers: readonly string[];
  /** The IP address that counts for limits and the log, never for identity or URLs. */
  readonly address: string;
  /** Reads the body, once; undefined when it is longer than `maxBytes`. */
  body(maxBytes: number): Promise<Uint8Array | undefined>;
  /** Aborts when the client closes the connection before the response was sent. */
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null;
}

/** The values of all lines of a header; `name` in lower case. */
export function linesOf(headers: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const own = headers[index] ?? '';
    if (own.length === name.length && own.toLowerCase() === name)
      values.push(headers[index + 1] ?? '');
  }
  return values;
}

/** A header as recipients combine its lines (RFC 9110 section 5.3); undefined when it was not sent. */
export function headerOf(headers: readonly string[], name: string): string | undefined {
  const [first, ...others] = linesOf(headers, name);
  return others.length === 0 ? first : [first, ...others].join(', ');
}

/** A field name (RFC 9110 section 5.1). */
export function isHeaderName(name: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name);
}

/** A field value that every server reads alike: printable ASCII (RFC 9110 section 5.5). */
export function isHeaderValue(value: string): boolean {
  return /^[\x20-\x7e]*$/.test(value);
}

/** A response with a JSON body. */
export function jsonResponse(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}

/** A response without a body. */
export function emptyResponse(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { status, headers, body: null };
}

/** A refusal of any kind: a small JSON body with a code and one fixed sentence. */
export function refuse(
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return jsonResponse(status, { error, error_description: description }, headers);
}

/** Refuses a request that is over a limit (RFC 6585 section 4); `retryAfter` in seconds. */
export function refuseExcess({ retryAfter }: { readonly retryAfter: number }): HttpResponse {
  return refuse(429, 'too_many_requests', 'Too many of these requests in a minute.', {
    'Retry-After': String(retryAfter),
  });
}
