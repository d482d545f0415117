import { isRedirect } from '../../../templates/src/runtime/upstream/transport.js';
import { faultOf, type Answer } from '../../net/post.js';
import { fail, type Check } from './check.js';

const MISDIRECTED = 421;

/** Whether the server received a request that was for another host. */
export function isMisdirected({ status }: Answer): boolean {
  return status === MISDIRECTED;
}

/** Why requests do not reach the MCP endpoint; undefined if they do. */
export function checkArrival(answer: Answer, url: URL): Check | undefined {
  const { status, problem } = answer;
  if (problem !== undefined)
    return fail(
      'server-challenge',
      `No response: ${problem}.`,
      'Is it running? Is the URL right, with its path?',
    );
  if (isMisdirected(answer))
    return fail(
      'server-challenge',
      `Status 421: the server is running, but does not serve the host ${url.host}.`,
      `Set MCP_ALLOWED_HOSTS=${url.hostname} there, or MCP_RESOURCE_URL to the URL that clients use; a proxy in front may replace the host.`,
    );
  if (isRedirect(status)) return redirected(answer, url);
  if (isPage(answer))
    return fail('server-challenge', 'A web page responds, not an MCP server.', CLIENTS);
  if (status === 200 || status === 401) return undefined;
  return fail(
    'server-challenge',
    `Status ${status} without a token, not 401: ${faultOf(answer)}.`,
    remedies[status] ?? CLIENTS,
  );
}

const CLIENTS =
  'Clients sign in only after a 401. Is this the MCP endpoint, or does something in front of it respond?';

const UNREACHED =
  'The proxy or load balancer in front does not reach the server: check that it runs, and the address and port that it is expected at.';

const remedies: Readonly<Record<number, string>> = {
  403: 'Something in front of the server, such as a firewall, refuses the request: let it pass without a token, which clients do not have yet.',
  429: 'The server, or something in front of it, limits requests from this network: run this again in a minute.',
  502: UNREACHED,
  503: UNREACHED,
  504: UNREACHED,
};

/** Whether every request got the same response, a redirect or a failure: the endpoints are not reached. */
export function isElsewhere(refused: Answer, answers: readonly Answer[]): boolean {
  const { status } = refused;
  const isOther = isRedirect(status) || status === 429 || status >= 500;
  return isOther && answers.every((answer) => answer.status === status);
}

/** Whether a web page responds instead of a server for programs. */
export function isPage({ status, headers }: Answer): boolean {
  return status === 200 && /^text\/html\b/i.test(headers.get('Content-Type') ?? '');
}

function redirected({ status, headers }: Answer, url: URL): Check {
  const location = headers.get('Location') ?? 'nowhere';
  return fail(
    'server-challenge',
    `Status ${status}, to ${location}: something in front of the server responds.`,
    location === url.href.replace(/^http:/, 'https:')
      ? 'Pass that URL, which clients must use too.'
      : `Configure the proxy or load balancer in front to forward ${url.pathname} itself, not only the paths below it, and without a separate login.`,
  );
}
