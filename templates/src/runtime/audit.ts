import { createLimiter } from './limits.js';

/** Writes one JSON line; members that are undefined are left out. Never pass a token, a credential or arguments. */
export type Audit = (event: string, fields: Readonly<Record<string, unknown>>) => void;

/** The part of a writable stream that an audit log needs. */
export interface AuditStream {
  write(line: string): unknown;
  on(event: 'error', listener: () => void): unknown;
}

/** An audit log on a stream, by default stderr: stdout belongs to the protocol when MCP runs over stdio. */
export function createAudit(stream: AuditStream = process.stderr): Audit {
  // Whoever read the log may go away; without a listener that would end the process.
  stream.on('error', () => undefined);
  return (event, fields) => {
    stream.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`);
  };
}

/** Writes a line like `Audit`, of which each event may have so many a minute for each key. */
export type LimitedAudit = (
  event: string,
  key: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

// Nobody may fill the disk of whoever keeps the log.
const MAX_LINES = 300;

/** The last line of a minute says that more are left out. */
export function limitLines(audit: Audit): LimitedAudit {
  const lines = createLimiter({ perMinute: MAX_LINES });
  return (event, key, fields) => {
    const excess = lines.take(`${event} ${key}`);
    if (excess?.first !== false) audit(event, { ...fields, limited: excess && true });
  };
}
