import { createServer, type ServerResponse } from 'node:http';
import { InputError } from '../errors.js';
import { closing, listen, portTaken, targetOf } from './listening.js';

/** How long a user may take to sign in, in milliseconds. */
const patience = 5 * 60_000;

const signedIn = 'Signed in. You can close this window.';
const notSignedIn =
  'You were not signed in. See the terminal for the reason; you can close this window.';

const callbackPath = '/callback';

/** Where the browser returns to: a port of this machine (RFC 8252 section 7.3). */
export function redirectUrl(port: number): string {
  return `http://127.0.0.1:${port}${callbackPath}`;
}

/** The metadata of a public client of this program that signs users in (RFC 7591 section 2). */
export function clientMetadata(command: string, redirectUris: readonly string[]) {
  // OpenID Connect Registration section 2: web clients need https URIs, and native ones may use http on loopback only.
  const isWeb = redirectUris.every((uri) => uri.startsWith('https:'));
  return {
    client_name: `openapi-to-mcp ${command}`,
    redirect_uris: [...redirectUris],
    application_type: isWeb ? 'web' : 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
}

/** Waits for the browser to return (RFC 8252 section 7.3). */
interface Callback {
  /** The authorization response that carries our `state`. Rejects after the timeout. */
  readonly response: Promise<URLSearchParams>;
  readonly close: () => Promise<void>;
}

/** Listens on a port of this machine for the response to one authorization request. @throws InputError `PORT_TAKEN` */
export async function awaitCallback(port: number, state: string): Promise<Callback> {
  const server = createServer();
  await listen(server, port).catch(() => {
    throw portTaken('--callback-port', port);
  });
  const response = new Promise<URLSearchParams>((resolve, reject) => {
    const timer = setTimeout(() => reject(notCompleted()), patience);
    server.on('request', (request, answer) => {
      const { pathname, searchParams } = targetOf(request);
      if (request.method !== 'GET' || pathname !== callbackPath) send(answer, 404, 'Not found.');
      // A browser without the state was not sent here by our authorization request (RFC 6749 section 10.12).
      else if (searchParams.get('state') !== state)
        send(answer, 400, 'This response belongs to another sign-in and was ignored.');
      else {
        clearTimeout(timer);
        answer.once('finish', () => resolve(searchParams));
        send(answer, 200, searchParams.has('code') ? signedIn : notSignedIn);
      }
    });
  });
  // A caller that no longer waits must not cause an unhandled rejection.
  response.catch(() => undefined);
  return { response, close: closing(server) };
}

function send(answer: ServerResponse, status: number, sentence: string): void {
  answer.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
    'Referrer-Policy': 'no-referrer',
    Connection: 'close',
  });
  answer.end(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>openapi-to-mcp</title>
<style>:root { color-scheme: light dark; } body { margin: 20vh auto; max-width: 30rem; padding: 0 1rem; font: 18px/1.5 system-ui, sans-serif; text-align: center; }</style>
<p>${sentence}</p>
</html>
`);
}

function notCompleted(): InputError {
  return new InputError({
    code: 'NO_SIGN_IN',
    message: `The sign-in was not completed within ${patience / 60_000} minutes.`,
    remedy:
      'Try again. If the authorization server rejects the redirect URI, register http://127.0.0.1/callback there, or pass the registered port with --callback-port.',
  });
}
