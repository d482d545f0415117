import { connect } from 'node:net';

/** A request as it goes over the wire: nothing is added, checked or put in order. */
export interface WireRequest {
  readonly method?: string;
  /** The request target, as in the first line. */
  readonly target?: string;
  /** Lines as they are, names and values; `Host`, `Content-Length` and `Connection` only if they are here. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array;
  /** The address that the connection comes from; default 127.0.0.1. */
  readonly from?: string;
}

/** The response. */
export interface WireAnswer {
  /** 0: the connection was cut instead. */
  readonly status: number;
  /** By lower-case name; the values of repeated lines in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
}

/** Milliseconds. No answer of a server that works takes so long. */
const PATIENCE = 15_000;

/** Sends one request on a new connection and reads the answer to its end. Rejects if there is none in time. */
export function send(origin: string, request: WireRequest): Promise<WireAnswer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port),
      ...(request.from !== undefined && { localAddress: request.from }),
    });
    const chunks: Buffer[] = [];
    const finish = () => {
      socket.destroy();
      resolve(parse(Buffer.concat(chunks)) ?? { status: 0, headers: new Map(), body: '' });
    };
    socket.setTimeout(PATIENCE, () => {
      socket.destroy();
      reject(new Error(`no answer within ${PATIENCE} ms: it hangs`));
    });
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (isComplete(Buffer.concat(chunks))) finish();
    });
    socket.on('end', finish);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A server may answer and close before it has read everything.
      if (['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) finish();
      else reject(error);
    });
    socket.write(head(request));
    if (request.body !== undefined) socket.write(request.body);
  });
}

function head({ method = 'POST', target = '/mcp', headers }: WireRequest): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
}

interface Head {
  readonly status: number;
  readonly headers: Map<string, string[]>;
  readonly rest: Buffer;
}

function parseHead(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(line.indexOf(':') + 1).trim()]);
  }
  return { status: Number(first.split(' ')[1]), headers, rest: bytes.subarray(end + 4) };
}

function isComplete(bytes: Buffer): boolean {
  const parsed = parseHead(bytes);
  if (parsed === undefined) return false;
  const { headers, rest, status } = parsed;
  if (status === 204 || status === 304) return true;
  if (headers.get('transfer-encoding')?.[0] === 'chunked')
    return rest.includes('\r\n0\r\n\r\n') || rest.indexOf('0\r\n\r\n') === 0;
  const length = headers.get('content-length')?.[0];
  return length !== undefined && rest.length >= Number(length);
}

function parse(bytes: Buffer): WireAnswer | undefined {
  const parsed = parseHead(bytes);
  if (parsed === undefined) return undefined;
  const { status, headers, rest } = parsed;
  const chunked = headers.get('transfer-encoding')?.[0] === 'chunked';
  return { status, headers, body: (chunked ? dechunk(rest) : rest).toString() };
}

function dechunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    if (lineEnd === -1 || !(size > 0)) break;
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts);
}
