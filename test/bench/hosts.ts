/**
 * The API and the authorization server around the measured servers, in a process of their own, so that their CPU time
 * is not counted. Writes where they are as one line of JSON.
 */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

const { KEY_SET = '', ANSWER = '' } = process.env;

/** Listens on a free port of the loopback interface; resolves to the URL. */
async function listen(listener: RequestListener): Promise<string> {
  const server = createServer({ keepAliveTimeout: 60_000 }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A listener that answers a JSON text to every request, once its body was read. */
function answering(text: () => string): RequestListener {
  return (request, response) => {
    request.resume().once('end', () => {
      const body = Buffer.from(text());
      const type = { 'Content-Type': 'application/json', 'Content-Length': body.length };
      response.writeHead(200, type).end(body);
    });
  };
}

const api = await listen(answering(() => ANSWER));
const jwks = await listen(answering(() => KEY_SET));
// The metadata (RFC 8414) names the issuer, whose port is known only when it listens.
let metadata = '';
const issuer = await listen(answering(() => metadata));
metadata = JSON.stringify({
  issuer,
  jwks_uri: `${jwks}/jwks`,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  response_types_supported: ['code'],
  code_challenge_methods_supported: ['S256'],
});
process.stdout.write(`${JSON.stringify({ api, issuer })}\n`);
