import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { listen, type LocalServer } from '../support/http.js';

/** What an operation answers. */
interface Answer {
  readonly status?: number;
  readonly type: string;
  readonly body: string | Buffer;
  /** In milliseconds. */
  readonly after?: number;
}

/** One pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

const pdf = Buffer.from('%PDF-1.4\n%âãÏÓ\n1 0 obj\n<< >>\nendobj\n%%EOF\n', 'latin1');

/** By method and path. */
const answers: ReadonlyMap<string, Answer> = new Map([
  ['GET /text', { type: 'text/plain; charset=utf-8', body: 'This is a text.' }],
  ['GET /image', { type: 'image/png', body: png }],
  ['GET /audio', { type: 'audio/wav', body: silence(80) }],
  ['GET /document', { type: 'application/pdf', body: pdf }],
  ['GET /mixed', mixed()],
  ['GET /failure', { ...json({ error: 'out of order' }), status: 500 }],
  ['GET /slow', { ...json({ done: true }), after: 100 }],
  ['GET /log', json({ done: true })],
  ['POST /confirm', json({ done: true })],
  ['POST /contacts', { ...json({ id: 1 }), status: 201 }],
]);

/** Starts the API of `fixtures/conformance`, which answers only the holder of its own token. */
export function startApi(token: string): Promise<LocalServer> {
  return listen((request, response) => void answer(request, response, token));
}

async function answer(
  { method, url, headers }: IncomingMessage,
  response: ServerResponse,
  token: string,
): Promise<void> {
  const known = headers.authorization === `Bearer ${token}`;
  const found = known
    ? (answers.get(`${method ?? ''} ${url ?? ''}`) ?? {
        ...json({ error: 'not found' }),
        status: 404,
      })
    : { ...json({ error: 'unknown caller' }), status: 401 };
  await pause(found.after ?? 0);
  response.writeHead(found.status ?? 200, { 'Content-Type': found.type }).end(found.body);
}

function json(value: unknown): Answer {
  return { type: 'application/json', body: JSON.stringify(value) };
}

/** A WAV file of that many samples: mono, 8 bits each, 8 kHz. */
function silence(samples: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples, 40);
  return Buffer.concat([header, Buffer.alloc(samples, 0x80)]);
}

/** Three parts (RFC 2046 section 5.1.3). */
function mixed(): Answer {
  const parts = [
    { type: 'text/plain', body: Buffer.from('A text, a picture and a document:') },
    { type: 'image/png', body: png },
    { type: 'application/pdf', body: pdf },
  ];
  const body = parts.flatMap((part) => [
    Buffer.from(`--next\r\nContent-Type: ${part.type}\r\n\r\n`),
    part.body,
    Buffer.from('\r\n'),
  ]);
  return {
    type: 'multipart/mixed; boundary=next',
    body: Buffer.concat([...body, Buffer.from('--next--\r\n')]),
  };
}
