import { waitUntil } from 'cloudflare:workers';
import {
  Aborted,
  type ClientRequest,
  type ClientResponse,
  type HttpClient,
  type ProxySettings,
  type SendOptions,
  type TlsSettings,
} from './outgoing.js';

/** The client of one authentication. The platform keeps the connections, and takes off content encodings. */
export function createHttpClient(_proxy: ProxySettings, _tls: TlsSettings = {}): HttpClient {
  return (request, options) => {
    const response = send(request, options);
    // Several requests may wait for one response, such as a key set: it must not end with the one that asked first.
    waitUntil(response.catch(() => undefined));
    return response;
  };
}

async function send(request: ClientRequest, options: SendOptions): Promise<ClientResponse> {
  const { signal } = options;
  if (signal.aborted) throw new Aborted();
  try {
    const { method, body = null } = request;
    const headers = { 'accept-encoding': 'gzip, br', ...asText(request.headers) };
    const init = { method, headers, body: body as RequestInit['body'], signal };
    // Never from Cloudflare's cache: the response may be one caller's.
    const how = { redirect: 'manual', cache: 'no-store' } as const;
    const response = await fetch(request.origin + request.path, { ...init, ...how });
    return await collect(response, options);
  } catch (error) {
    throw signal.aborted ? new Aborted() : error;
  }
}

/** The platform writes headers in UTF-8. Here they are characters, one for each byte. */
function asText(headers: ClientRequest['headers']): Record<string, string> {
  const entries = Object.entries(headers);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Buffer.from(value, 'latin1').toString('utf8')]),
  );
}

function joined(headers: Headers): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of headers)
    result[name] = Object.hasOwn(result, name) ? `${result[name]}, ${value}` : value;
  return result;
}

/** Reads a response to its end, to the limit, or until its watcher has enough. */
async function collect(response: Response, options: SendOptions): Promise<ClientResponse> {
  const { maxBytes, signal, watch } = options;
  const { status, body } = response;
  const headers = joined(response.headers);
  const reader = (body as ReadableStream<Uint8Array> | null)?.getReader();
  const chunks: Uint8Array[] = [];
  let [length, stopped, unfinished] = [0, false, false];
  const cut = (): void => void reader?.cancel().catch(() => undefined);
  const watcher = watch?.(headers, (isUnfinished) => {
    [stopped, unfinished] = [true, isUnfinished];
    cut();
  });
  signal.addEventListener('abort', cut, { once: true });
  try {
    while (!stopped && length <= maxBytes) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done || value === undefined) break;
      chunks.push(value);
      length += value.byteLength;
      watcher?.took(value);
    }
  } catch (error) {
    // What was cut short may break off.
    if (!stopped) throw error;
  } finally {
    signal.removeEventListener('abort', cut);
    watcher?.stop();
    cut();
  }
  if (signal.aborted) throw new Aborted();
  const all = Buffer.concat(chunks);
  const content = { body: all.subarray(0, maxBytes), truncated: length > maxBytes };
  return { status, headers, ...content, ...(unfinished && { unfinished }) };
}
