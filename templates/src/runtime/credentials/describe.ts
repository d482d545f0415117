import type { Api } from '../api.js';
import { choose, CredentialsError } from './choose.js';
import type { TokenSettings, UpstreamCredentials } from './settings.js';

/** For people, at start: what this server shows to the API, never its values. */
export function describeCredentials({
  mode,
  keys,
  basic,
  tokens,
  hasCertificate,
}: UpstreamCredentials): string {
  const held = [
    ...(keys.size > 0 ? ['api-key'] : []),
    ...(basic === undefined ? [] : ['basic']),
    ...(tokens === undefined ? [] : [describeTokens(tokens)]),
    ...(hasCertificate ? ['client certificate'] : []),
  ];
  return mode === 'none' || held.length === 0 ? 'no credentials' : held.join(', ');
}

function describeTokens(tokens: TokenSettings): string {
  if (tokens.kind === 'bearer') return 'bearer';
  if (tokens.kind === 'forward') return `forward, tokens for ${tokens.audience}`;
  const { kind, client, tokenUrl } = tokens;
  return `${kind} as ${client.id}${tokenUrl === undefined ? '' : ` at ${tokenUrl}`}`;
}

/** What an operator should know before the first call fails, or worse; a sentence each. */
export function credentialWarnings(api: Api, credentials: UpstreamCredentials): string[] {
  return [...forwardWarnings(credentials), ...missingCredentials(api, credentials)];
}

function forwardWarnings({ tokens }: UpstreamCredentials): string[] {
  if (tokens?.kind !== 'forward') return [];
  return [
    'UPSTREAM_AUTH=forward passes the tokens of callers on to the API. The MCP specification forbids that for ' +
      'tokens that were not issued for it: token-exchange is the way to act as the caller.',
  ];
}

function missingCredentials(api: Api, credentials: UpstreamCredentials): string[] {
  const reasons = api.tools.flatMap(({ request }) =>
    failureOf(() => choose(request.security, credentials)),
  );
  if (reasons.length === 0) return [];
  const [first = ''] = reasons;
  const remedy = /Whoever runs this server must (.*)$/.exec(first)?.[1] ?? first;
  const more = new Set(reasons).size > 1 ? ' That is the first of several.' : '';
  return [
    `${reasons.length} of ${api.tools.length} tools cannot be called without credentials of the API: ${remedy}${more}`,
  ];
}

function failureOf(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof CredentialsError) return [error.message];
    throw error;
  }
}
