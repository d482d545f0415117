import { randomUUID } from 'node:crypto';

/** One part of a multipart body (RFC 2046 section 5.1; in a form, RFC 7578 section 4). */
export interface Part {
  /** Absent where the order tells the parts apart. */
  readonly name?: string;
  readonly content: string | Uint8Array;
  /** Present for files. */
  readonly fileName?: string;
  /** Absent: text/plain, which is the default of RFC 7578 section 4.4. */
  readonly contentType?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/**
 * The parts as the bytes of a body. Written by hand because `FormData` makes a file of every part that has a
 * content type, and APIs that expect a JSON part take it for an upload.
 */
export function writeMultipart(parts: readonly Part[]): { bytes: Uint8Array; boundary: string } {
  const boundary = `----mcp-${randomUUID()}`;
  const chunks = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${partHeaders(part)}\r\n`, 'utf8'),
    typeof part.content === 'string' ? Buffer.from(part.content, 'utf8') : part.content,
    Buffer.from('\r\n'),
  ]);
  return { bytes: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]), boundary };
}

function partHeaders({ name, fileName, contentType, headers = [] }: Part): string {
  const file = fileName === undefined ? '' : `; filename="${escapeName(fileName)}"`;
  const lines = [
    ...(name === undefined
      ? []
      : [`Content-Disposition: form-data; name="${escapeName(name)}"${file}`]),
    ...(contentType === undefined ? [] : [`Content-Type: ${contentType}`]),
    ...headers.map(([key, value]) => `${key}: ${value}`),
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** As browsers do (WHATWG HTML, multipart/form-data encoding), so that no name breaks out of its quotes. */
function escapeName(name: string): string {
  return name.replace(/[\r\n"]/g, (character) => encodeURIComponent(character));
}
