import { formOf } from '../../templates/src/runtime/client.js';
import { present } from '../../templates/src/runtime/oauth/token.js';
import { InputError } from '../errors.js';
import { isObject, parseJson, type JsonObject } from '../json.js';
import { oneLine } from '../print/terminal.js';
import { textIn } from '../net/metadata.js';
import { statusOf } from '../net/fetch-document.js';
import { brief, faultOf } from '../net/post.js';
import type { Fetch } from '../net/reach.js';

/** The timeout of a response, in milliseconds: the SDK has none. */
const patience = 10_000;

/**
 * Requests of the MCP SDK to an authorization server. Its responses are read as generated servers read them: whatever
 * is not needed may be missing or of another type, and a token endpoint may respond in the format of the request. Texts
 * are made safe, because the SDK prints some. @throws InputError `OAUTH_ERROR`, `REGISTRATION_REFUSED`
 */
export function withCare(fetch: Fetch): Fetch {
  return async (url, init = {}) => {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(patience) });
    if (init.method !== 'POST') return response;
    const text = await response.text();
    const { status, headers } = response;
    const value = parseJson(text) ?? formOf(text);
    const answer = { status, headers, body: isObject(value) ? present(value) : {} };
    // The body of a registration is JSON (RFC 7591 section 3.1), that of a token request a form.
    return typeof init.body === 'string' ? registered(answer, init.body, url) : issued(answer, url);
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject;
}

function registered(answer: Answer, request: string, url: string | URL): Response {
  const { status, body } = answer;
  const client_id = textIn(body, 'client_id');
  if (status > 299 || client_id === undefined) throw notRegistered(answer, url);
  const { redirect_uris } = parseJson(request) as JsonObject;
  const { client_secret_expires_at: end } = body;
  return Response.json({
    client_id,
    redirect_uris,
    client_secret: textIn(body, 'client_secret'),
    token_endpoint_auth_method: textIn(body, 'token_endpoint_auth_method'),
    ...(typeof end === 'number' && { client_secret_expires_at: end }),
  });
}

/** Tokens are sent in a header, which not all characters may be in. */
const TOKEN = /^[\x21-\x7e]+$/;

function issued(answer: Answer, url: string | URL): Response {
  const { status, body } = answer;
  const { access_token, token_type = 'Bearer', expires_in } = body;
  if (status > 299 || access_token === undefined) return refused(answer, url);
  const isToken = typeof access_token === 'string' && TOKEN.test(access_token);
  if (!isToken || typeof token_type !== 'string') throw noTokens(answer, url);
  const seconds = Number(expires_in ?? NaN);
  return Response.json({
    access_token,
    token_type,
    refresh_token: textIn(body, 'refresh_token'),
    id_token: textIn(body, 'id_token'),
    scope: textIn(body, 'scope'),
    ...(Number.isFinite(seconds) && { expires_in: seconds }),
  });
}

/** An OAuth error (RFC 6749 section 5.2), which the SDK acts upon. */
function refused(answer: Answer, url: string | URL): Response {
  const [error, error_description] = ['error', 'error_description'].map((name) => {
    const text = textIn(answer.body, name);
    return text && oneLine(brief(text));
  });
  if (error === undefined) throw noTokens(answer, url);
  return Response.json({ error, error_description }, { status: 400 });
}

function noTokens(answer: Answer, url: string | URL): InputError {
  return new InputError({
    code: 'OAUTH_ERROR',
    message: `The token endpoint responds with ${statusOf(answer)}, but not with a token.`,
    place: String(url),
    remedy: 'Try again later. If it stays so, check the URL of the token endpoint.',
  });
}

function notRegistered(answer: Answer, url: string | URL): InputError {
  const fault = answer.status > 299 ? faultOf(answer) : 'the response has no client_id';
  return new InputError({
    code: 'REGISTRATION_REFUSED',
    message: `The authorization server does not register this program: ${fault}.`,
    place: String(url),
    remedy: 'Register a client by hand, and name it with --client-id.',
  });
}
