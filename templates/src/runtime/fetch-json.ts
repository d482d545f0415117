import type { Fetch } from './http-client.js';
import { isObject } from './json.js';
import { isLoopback } from './loopback.js';

/** What an endpoint of OAuth answered. */
export interface JsonAnswer {
  readonly status: number;
  /** Absent when it is no JSON object, and with other statuses than 2xx and 4xx. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** There is no answer that can be used. The message names the URL and is for the log. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

const MAX_BYTES = 1_048_576;

/**
 * Fetches JSON over https (loopback excepted), without redirects and at most 1 MiB: the URL may come from a document,
 * and a redirect could lead into a private network, or take a secret there.
 *
 * @throws Unreachable
 */
export async function fetchJson(fetch: Fetch, url: string, init: RequestInit): Promise<JsonAnswer> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname)))
    throw new Unreachable(`${url} is not an https URL`);
  const response = await request(fetch, url, init);
  const { status } = response;
  if (!response.ok && !(status >= 400 && status < 500)) {
    await response.body?.cancel();
    return { status };
  }
  const body = parseObject(await readText(url, response));
  return { status, ...(body !== undefined && { body }) };
}

async function request(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('Accept', 'application/json');
  try {
    return await fetch(url, { ...init, redirect: 'manual', headers });
  } catch (error) {
    throw new Unreachable(`${url} cannot be reached`, { cause: error });
  }
}

async function readText(url: string, response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BYTES) break;
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    throw new Unreachable(`${url} broke off`, { cause: error });
  }
  if (bytes > MAX_BYTES) throw new Unreachable(`${url} is longer than ${MAX_BYTES} bytes`);
  return text + decoder.decode();
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
