import { truncate } from '../../templates/src/runtime/text.js';
import { object, parseJson, type JsonObject } from '../json.js';
import type { Fetch } from './reach.js';
import { reasonOf, statusOf } from './fetch-document.js';

/** The timeout of a response, in milliseconds. */
const patience = 10_000;

/** The outcome of a request. */
export interface Answer {
  /** 0 without a response. */
  readonly status: number;
  readonly headers: Headers;
  /** Empty when the body is not a JSON object. */
  readonly body: JsonObject;
  /** Why there is no response. */
  readonly problem?: string;
}

/** Sends a request and reads the response, without following redirects. Never rejects. */
export async function send(
  fetch: Fetch,
  url: string | URL,
  init: RequestInit = {},
): Promise<Answer> {
  try {
    const response = await fetch(url, {
      ...init,
      signal: AbortSignal.timeout(patience),
    });
    const text = await response.text();
    // A response in a stream is one event.
    const value = parseJson(/^data: (.+)$/m.exec(text)?.[1] ?? text);
    return { status: response.status, headers: response.headers, body: object(value) };
  } catch (error) {
    return unsent(reasonOf(error));
  }
}

/** The outcome of a request that was never sent, or got no response. */
export function unsent(problem: string): Answer {
  return { status: 0, headers: new Headers(), body: {}, problem };
}

/** The problem, in the words of an OAuth error (RFC 6749 section 5.2) or of HTTP. */
export function faultOf(answer: Answer): string {
  const { body, problem } = answer;
  const words = [body['error'], body['error_description']].filter(
    (word) => typeof word === 'string',
  );
  const said = words.length > 0 ? words.join(': ').replace(/\.$/, '') : statusOf(answer);
  return problem ?? brief(said);
}

/** A text of a server, or the first 499 characters of it and an ellipsis. */
export function brief(text: string): string {
  return truncate(text, 499);
}
