import { headerOf, type HttpRequest, type Refusal } from './http.js';
import { jsonEscape } from './text.js';
import { createLimiter, networkOf } from './limits.js';

/** Writes one JSON line; undefined members are omitted. Never pass a token, a credential or arguments. */
export type Audit = (event: string, fields: Readonly<Record<string, unknown>>) => void;

/** The part of a writable stream that an audit log needs. */
export interface AuditStream {
  write(line: string): unknown;
  on(event: 'error', listener: () => void): unknown;
}

/** An audit log on a stream, by default stderr: stdout belongs to the protocol when MCP runs over stdio. */
export function createAudit(stream: AuditStream = process.stderr): Audit {
  // The reader of the log may disconnect; without a listener that would end the process.
  stream.on('error', () => undefined);
  return (event, fields) => {
    const line = JSON.stringify({ time: new Date().toISOString(), event, ...fields });
    stream.write(
      `${PLAIN.test(line) ? line : line.replace(INVISIBLE, (found) => jsonEscape(found))}\n`,
    );
  };
}

/** A quick check: almost every line is visible ASCII. */
const PLAIN = /^[\x20-\x7e]*$/;

// JSON only escapes C0 controls: a subject chosen at the provider could move a terminal's cursor or reverse its text.
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

// Callers must not be able to fill the disk with log lines.
const MAX_LINES = 300;

/** Limits the lines per minute for each event and key; the last line of a minute states that more are omitted. */
export function limitLines(audit: Audit) {
  const lines = createLimiter(MAX_LINES);
  return (event: string, key: string, fields: Readonly<Record<string, unknown>>): void => {
    const excess = lines.take(`${event} ${key}`);
    if (excess?.first !== false) audit(event, { ...fields, limited: excess && true });
  };
}

/** A request, as far as it was parsed. */
export type Refused = Pick<HttpRequest, 'id' | 'method' | 'path' | 'headers' | 'address'>;

/** Writes a line for each refused request, with a limit per minute for each network. */
export function createRefusalLog(audit: Audit) {
  const log = limitLines(audit);
  return (
    { id, method, path, headers, address }: Refused,
    status: number,
    refusal: Refusal,
  ): void =>
    log('refused', networkOf(address), {
      request: id,
      status,
      ...refusal,
      method: method.slice(0, MAX_TEXT),
      path: withoutLong(path),
      // Shows whether the token was lost on the way, which is the first thing to check.
      authorization: headerOf(headers, 'authorization') !== undefined,
      address,
    });
}

const MAX_TEXT = 40;

/** A path whose segments may contain anything, including tokens. */
function withoutLong(path: string): string {
  const segments = path.split('/').map((part) => (part.length > MAX_TEXT ? '…' : part));
  return segments.join('/').slice(0, 5 * MAX_TEXT);
}
