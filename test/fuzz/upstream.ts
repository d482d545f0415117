import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Received } from '../attack/hosts.js';

/** Responds to a request in one of the ways in which APIs fail. `bait` is repeated in all of them. */
type Way = (response: ServerResponse, bait: string, request: Received) => unknown;

const JSON_TYPE = { 'Content-Type': 'application/json' };

function ways(evil: string): readonly Way[] {
  return [
    (response, bait) => response.writeHead(200, JSON_TYPE).end(bait),
    (response, bait) => response.writeHead(201, { 'Content-Type': 'text/plain' }).end(bait),
    (response, bait) => response.writeHead(200, JSON_TYPE).end(`[${bait}, broken`),
    (response, bait) => response.writeHead(200, JSON_TYPE).end(JSON.stringify(bait)),
    (response, bait) => response.writeHead(200, { 'Content-Type': 'image/png' }).end(bait),
    (response, bait) => response.writeHead(200, { 'Content-Type': 'x/y; z="' }).end(`\0${bait}`),
    (response) => response.writeHead(204).end(),
    (response, bait) =>
      response
        .writeHead(401, { ...JSON_TYPE, 'WWW-Authenticate': 'Key', 'Set-Cookie': 'sid=upstream' })
        .end(bait),
    (response, bait) => response.writeHead(500, { 'Content-Type': 'text/html' }).end(`<p>${bait}`),
    (response, bait) => response.writeHead(503, JSON_TYPE).end(Buffer.from(bait, 'utf16le')),
    // Truncated somewhere in the credentials, at the stage's MCP_MAX_RESPONSE_BYTES.
    (response, bait, { target }) =>
      response.writeHead(200, JSON_TYPE).end(`${'-'.repeat(3900 + (target.length % 90))}${bait}`),
    (response, bait, { target }) =>
      target.includes('/again')
        ? response.writeHead(200, JSON_TYPE).end(bait)
        : response.writeHead(302, { Location: `${target.split('?', 1)[0] ?? ''}/again` }).end(),
    (response, bait) =>
      response
        .writeHead(307, { Location: `${evil}/${encodeURIComponent(bait).slice(-3000)}` })
        .end(),
    (response, bait) =>
      response.writeHead(200, { ...JSON_TYPE, 'Content-Encoding': 'gzip' }).end(gzipSync(bait)),
    (response, bait) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bait),
    (response, bait) => {
      response.writeHead(200, { 'Content-Length': '99999' }).write(bait);
      setImmediate(() => response.destroy());
    },
    (response) => response.destroy(),
  ];
}

/**
 * An API that repeats what it was sent, credentials included, in every kind of response. The kind depends on the
 * request, so that a failure can be reproduced and reduced.
 */
export function createHostileApi(
  evil: string,
): (request: Received, response: ServerResponse) => void {
  const known = ways(evil);
  return (request, response) => {
    const { method, target, headers, body } = request;
    // Without the parts that differ from run to run.
    const path = target.replace(/api_key=[^&]*/, '');
    const digest = createHash('sha256').update(`${method} ${path} ${body}`).digest();
    const way = known[digest.readUInt32BE() % known.length];
    const credentials = [headers.authorization, headers['x-api-key'], headers.cookie];
    const bait = {
      credentials,
      target,
      html: `&quot;${credentials.join()}`,
      body: body.slice(0, 500),
    };
    way?.(response, JSON.stringify(bait), request);
  };
}
