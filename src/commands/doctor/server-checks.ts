import { parseUrl } from '../../../templates/src/runtime/text.js';
import { text, texts, type JsonObject } from '../../json.js';
import { createFetch, type Fetch } from '../../net/reach.js';
import { checkArrival, isElsewhere, isMisdirected, isPage } from './arrival.js';
import { fail, pass, skip, warn, type Check } from './check.js';
import { listIn } from '../../net/metadata.js';
import { discoverRequest, initializeRequest } from '../../net/mcp-requests.js';
import { faultOf, send, type Answer } from '../../net/post.js';

/** What a running MCP server shows to a caller with or without a token. */
interface ServerFindings {
  readonly checks: readonly Check[];
  /** The authorization servers that it names. */
  readonly issuers: readonly string[];
  /** Its own URL, if it names one: tokens must be issued for it. */
  readonly resource?: string | undefined;
  /** The scopes in its metadata. */
  readonly scopes: readonly string[];
}

/** Checks a running MCP server from outside. Never rejects. */
export async function examineServer(url: URL, token?: string): Promise<ServerFindings> {
  const fetch = createFetch(url);
  const refused = await send(fetch, url, initializeRequest());
  const place = placeIn(refused);
  const wellKnown = `${url.origin}/.well-known/oauth-protected-resource`;
  const places = [...new Set([place ?? '', `${wellKnown}${url.pathname}`, wellKnown])].filter(
    Boolean,
  );
  const answers = await Promise.all(
    places.map((at) => send(fetch, at, { headers: { Origin: foreignOrigin } })),
  );
  const lost = checkArrival(refused, url);
  const challenge = lost ?? checkChallenge(refused, place);
  // A request that does not reach the server says nothing about it.
  const eras = lost === undefined ? [await checkEras(fetch, url, token)] : [];
  const found = answers.findIndex(({ status, body }) => status === 200 && 'resource' in body);
  const document = answers[found]?.body;
  const unknown = { issuers: [], scopes: [] };
  if ([refused, ...answers].every(({ problem }) => problem !== undefined))
    return { checks: [{ ...challenge, unreachable: true }], ...unknown };
  if (document === undefined)
    return { checks: [challenge, missing(places, answers, refused), ...eras], ...unknown };
  const issuers = texts(document['authorization_servers']);
  return {
    checks: [
      challenge,
      checkPlaces(places, answers),
      ...(isMisdirected(refused) ? [] : [checkResource(document, url)]),
      checkIssuer(document, issuers),
      checkCors(answers[found]),
      ...eras,
    ],
    issuers,
    resource: text(document['resource']),
    scopes: listIn(document, 'scopes_supported') ?? [],
  };
}

/** The metadata URL in a challenge. */
function placeIn({ headers }: Answer): string | undefined {
  const header = headers.get('WWW-Authenticate') ?? '';
  const place = /\bresource_metadata\s*=\s*"([^"]*)"/i.exec(header)?.[1];
  return place !== undefined && parseUrl(place) ? place : undefined;
}

/** An arbitrary origin: metadata must be readable from any page. */
const foreignOrigin = 'https://doctor.invalid';

/** RFC 9728 section 5.1, RFC 6750 section 3. */
function checkChallenge({ status, headers }: Answer, place: string | undefined): Check {
  if (status === 200)
    return warn(
      'server-challenge',
      'It responds without a token: anyone can call it.',
      'If this is not intended, generate with --oauth-server.',
    );
  const challenges = headers.get('WWW-Authenticate');
  if (challenges === null)
    return fail(
      'server-challenge',
      '401 without WWW-Authenticate: Bearer.',
      headers.has('x-amzn-remapped-www-authenticate') ? RENAMED : DROPPED,
    );
  if (!hasBearer(challenges))
    return fail('server-challenge', '401 with a challenge that is not for Bearer.', OTHER_LOGIN);
  if (place !== undefined) return pass('server-challenge', `401, metadata at ${place}.`);
  return fail(
    'server-challenge',
    '401 and Bearer, but no resource_metadata.',
    'Add the URL of the metadata to the challenge.',
  );
}

const DROPPED = 'A proxy in front may drop the header: configure it to keep it.';
const RENAMED =
  'Amazon API Gateway renames the header, so clients do not find it: put another proxy or load balancer in front.';
const OTHER_LOGIN =
  'Something in front of the server asks for a login of its own: exempt the path of MCP and /.well-known from it.';

/** Whether one of the challenges is for bearer tokens (RFC 9110 section 11.6.1); quoted texts may have the word too. */
function hasBearer(challenges: string): boolean {
  return /(^|,)\s*bearer(\s|,|$)/i.test(challenges.replace(/"(\\.|[^"\\])*"/g, '""'));
}

function missing(places: readonly string[], answers: readonly Answer[], refused: Answer): Check {
  if (isElsewhere(refused, answers))
    return skip('server-metadata', `The same response: ${faultOf(refused)}.`);
  if (refused.status === 200 && !isPage(refused))
    return skip('server-metadata', 'There is none, and no token is required.');
  const reasons = answers.map((answer, index) => `${places[index] ?? ''}: ${reasonOf(answer)}`);
  return fail(
    'server-metadata',
    `It was not found. ${reasons.join('; ')}.`,
    'Clients find the authorization server through it (RFC 9728). Configure proxies to forward /.well-known to the server.',
  );
}

function reasonOf(answer: Answer): string {
  return answer.status === 200 ? 'status 200, but not metadata' : faultOf(answer);
}

function checkPlaces(places: readonly string[], answers: readonly Answer[]): Check {
  const lost = places.filter((_, index) => answers[index]?.status !== 200);
  if (lost.length === 0) return pass('server-metadata', `At each of ${places.length} places.`);
  return warn(
    'server-metadata',
    `Not at ${lost.join(', ')}.`,
    'Some clients look nowhere else. Configure proxies to forward /.well-known to the server.',
  );
}

/** RFC 9728 section 3.3: the resource must be identical to the URL that clients use. */
function checkResource(document: JsonObject, { href }: URL): Check {
  const { resource } = document;
  if (resource === href) return pass('server-resource', href);
  return fail(
    'server-resource',
    `${JSON.stringify(resource)}, not ${href}.`,
    'Set MCP_RESOURCE_URL to the URL that clients use, with scheme and path, and without an extra slash.',
  );
}

/** RFC 9728 section 2: lists of strings. Some servers send objects, and clients give up. */
function checkIssuer(document: JsonObject, issuers: readonly string[]): Check {
  const odd = ['authorization_servers', 'scopes_supported', 'bearer_methods_supported'].filter(
    (name) => document[name] !== undefined && listIn(document, name) === undefined,
  );
  if (odd.length > 0)
    return fail(
      'server-issuer',
      `${odd.join(', ')}: not a list of strings.`,
      'Send strings: clients accept nothing else.',
    );
  return issuers.length === 0
    ? fail(
        'server-issuer',
        'None is named (authorization_servers).',
        'Add the issuer: clients do not guess.',
      )
    : pass('server-issuer', issuers.join(', '));
}

function checkCors(answer: Answer | undefined): Check {
  const allowed = answer?.headers.get('Access-Control-Allow-Origin');
  if (allowed === '*' || allowed === foreignOrigin)
    return pass('server-cors', 'Metadata is readable from any page.');
  return warn(
    'server-cors',
    'Metadata is not readable from a page.',
    'Clients in a browser, such as the Inspector, need Access-Control-Allow-Origin there.',
  );
}

async function checkEras(fetch: Fetch, url: URL, token: string | undefined): Promise<Check> {
  const [older, newer] = await Promise.all([
    send(fetch, url, initializeRequest(token)),
    send(fetch, url, discoverRequest(token)),
  ]);
  const spoken = [
    ...(isResult(older) ? ['initialize'] : []),
    ...(isResult(newer) ? ['2026-07-28'] : []),
  ];
  if (spoken.length === 2) return pass('server-eras', 'initialize and 2026-07-28.');
  if (token === undefined && [older, newer].every(({ status }) => status === 401))
    return skip('server-eras', 'Needs an access token.', 'Pass one with --token to check this.');
  const isRefused = token !== undefined && spoken.length === 0;
  const refusal = isRefused ? checkRefusal(older) : undefined;
  const silent = spoken.length === 0 ? `neither era: ${faultOf(older)}` : `only ${spoken.join()}`;
  return (
    refusal ??
    (spoken.length === 0 ? fail : warn)(
      'server-eras',
      `It supports ${silent}.`,
      'Clients of both eras are in use: support both.',
    )
  );
}

/** A server that does not accept the token does not show which eras it supports. */
function checkRefusal(answer: Answer): Check | undefined {
  const { status, headers } = answer;
  // RFC 6750 section 3.1: a challenge without an error is for a request without a token.
  const challenges = headers.get('WWW-Authenticate') ?? '';
  if (status === 401 && hasBearer(challenges) && !/\berror\s*=/i.test(challenges))
    return fail(
      'server-eras',
      `It responds to the token as if there were none: ${faultOf(answer)}.`,
      'A proxy in front may remove the header Authorization: configure it to pass it on. The log of a generated server then has authorization: false.',
    );
  if (status === 401 || status === 403)
    return fail(
      'server-eras',
      `It refuses the token: ${faultOf(answer)}.`,
      'The checks of the token, and auth_failure in the log of the server, explain why.',
    );
  if (status !== 503) return undefined;
  return fail(
    'server-eras',
    `It cannot validate the token: ${faultOf(answer)}.`,
    'The checks of the authorization server, and provider_failure in the log of the server, explain why.',
  );
}

function isResult({ status, body }: Answer): boolean {
  return status === 200 && typeof body['result'] === 'object';
}
