import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen } from '../support/http.js';

/** A request that a host of the suite received. */
export interface Received {
  readonly method: string;
  /** The request target, as it arrived. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** A host that remembers all it is asked. */
export interface RecordingHost {
  readonly url: string;
  readonly received: Received[];
  readonly close: () => Promise<void>;
}

/** Answers one request; a response that it does not end hangs. */
export type Behaviour = (request: Received, response: ServerResponse) => void;

/** The API behind the server under attack. */
export interface Upstream extends RecordingHost {
  /** How it answers instead of 200 with the request that it received. */
  behaviour: Behaviour | undefined;
}

/** Starts a host that must get no request: forged headers and redirects point there. */
export async function startEvilHost(): Promise<RecordingHost> {
  return startRecording((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"keys":[]}');
  });
}

export async function startUpstream(): Promise<Upstream> {
  const state: { behaviour: Behaviour | undefined } = { behaviour: undefined };
  const host = await startRecording((request, response) => {
    (state.behaviour ?? echo)(request, response);
  });
  return Object.assign(state, host);
}

const echo: Behaviour = ({ target }, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ ok: true, target }));
};

async function startRecording(behaviour: Behaviour): Promise<RecordingHost> {
  const received: Received[] = [];
  const { url, close } = await listen((request, response) => {
    void buffer(request)
      .catch(() => Buffer.alloc(0))
      .then((body) => {
        const { method = '', url: target = '', headers, rawHeaders } = request;
        const entry = { method, target, headers, rawHeaders, body: body.toString() };
        received.push(entry);
        behaviour(entry, response);
      });
  });
  return { url, received, close };
}
