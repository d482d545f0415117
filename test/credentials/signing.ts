import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { CustomRequest } from '../../templates/src/runtime/credentials/authorize.js';
import type { CustomCredential } from '../../templates/src/runtime/upstream/call.js';
import { header, type Recorded } from '../runtime/upstream/wire.js';

/** The signing example of a project's page on custom code, as its users would write it. */
export function createSigner(secret: string): CustomCredential {
  return (request) => {
    const headers = new Headers(request.headers);
    for (const [name, value] of signatureOf(request, secret)) headers.set(name, value);
    return { ...request, headers };
  };
}

/** The same for users who change what they are given. */
export function createCarelessSigner(secret: string): CustomCredential {
  return (request) => {
    for (const [name, value] of signatureOf(request, secret)) request.headers.set(name, value);
    return request;
  };
}

function signatureOf(
  { method, url, body = '' }: CustomRequest,
  secret: string,
): [name: string, value: string][] {
  const timestamp = new Date().toISOString();
  const signature = sign(secret, method, url.pathname + url.search, body, timestamp);
  return [
    ['x-timestamp', timestamp],
    ['x-signature', signature],
  ];
}

/** The API checks the request as received, not as intended. */
export function verifySignature({ method, url, headers, body }: Recorded, secret: string): boolean {
  const request = { method, url, headers, body };
  const [timestamp = '', given = ''] = ['x-timestamp', 'x-signature'].map((name) =>
    header(request, name).join(),
  );
  const expected = sign(secret, method, url, body, timestamp);
  const fresh = Math.abs(Date.now() - Date.parse(timestamp)) < 60_000;
  return (
    fresh &&
    given.length === expected.length &&
    timingSafeEqual(Buffer.from(given), Buffer.from(expected))
  );
}

function sign(
  secret: string,
  method: string,
  path: string,
  body: string | Uint8Array,
  timestamp: string,
): string {
  const digest = createHash('sha256').update(body).digest('hex');
  const text = [method, path, digest, timestamp].join('\n');
  return createHmac('sha256', secret).update(text).digest('hex');
}
