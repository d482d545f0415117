import { InputError } from '../../errors.js';
import { isObject, parseJson } from '../../json.js';
import type { Fetch } from '../../net/reach.js';
import { formOf } from '../../../templates/src/runtime/client.js';
import { present } from '../../../templates/src/runtime/oauth/token.js';

/**
 * Token responses as a server accepts them when it renews a sign-in: LinkedIn leaves out the type, others write null or
 * an empty text for what they do not have, or respond in the format of the request. @throws InputError `OAUTH_ERROR`
 */
export function lenient(fetch: Fetch): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    if (!response.ok) return response;
    const text = await response.text();
    const body = parseJson(text) ?? formOf(text);
    if (!isObject(body)) throw notTokens(response);
    return Response.json({ token_type: 'Bearer', ...present(body) }, { status: response.status });
  };
}

function notTokens({ url, status }: Response): InputError {
  return new InputError({
    code: 'OAUTH_ERROR',
    message: `The token endpoint responds with status ${status}, but not with a token.`,
    place: url,
    remedy: 'Check its URL (tokenUrl) in the document.',
  });
}
