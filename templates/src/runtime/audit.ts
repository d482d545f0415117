/** Writes one JSON line; members that are undefined are left out. Never pass a token, a credential or arguments. */
export type Audit = (event: string, fields: Readonly<Record<string, unknown>>) => void;

/** An audit log on a stream, by default stderr: stdout belongs to the protocol when MCP runs over stdio. */
export function createAudit(stream: { write(line: string): unknown } = process.stderr): Audit {
  return (event, fields) => {
    stream.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...fields })}\n`);
  };
}
