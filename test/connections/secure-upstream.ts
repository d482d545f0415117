import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import type { Identity } from '../support/certificates.js';
import { listenSecurely } from '../support/https.js';

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The common name of the client's certificate. */
  readonly client: string | undefined;
}

/** An https server that records its requests and their clients. */
export interface SecureUpstream {
  readonly url: string;
  readonly port: string;
  readonly seen: readonly Seen[];
  readonly close: () => Promise<void>;
}

export interface SecureUpstreamOptions {
  readonly identity: Identity;
  /** The authority of the clients that may connect; absent: any client may, without a certificate. */
  readonly clients?: string;
  readonly answer?: (seen: Seen, response: ServerResponse) => void;
}

export async function startSecureUpstream({
  identity,
  clients,
  answer = (_, response) => response.end('{}'),
}: SecureUpstreamOptions): Promise<SecureUpstream> {
  const seen: Seen[] = [];
  const mutual = { ca: clients, requestCert: true, rejectUnauthorized: true };
  const { url, close } = await listenSecurely(
    { ...identity, ...(clients !== undefined && mutual) },
    (request, response) => {
      const { method = '', url: target = '', headers, socket } = request;
      const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
      const subject = certificate?.subject as { CN?: string } | undefined;
      void text(request).then((body) => {
        const entry = { method, url: target, headers, body, client: subject?.CN };
        seen.push(entry);
        response.setHeader('Content-Type', 'application/json');
        answer(entry, response);
      });
    },
  );
  return { url, port: new URL(url).port, seen, close };
}
