import { linesOf } from './header-lines.js';
import { refuse } from './refusal.js';
import type { HttpSettings } from './settings.js';

const CORS = {
  'Access-Control-Allow-Methods': 'GET, POST, DELETE, OPTIONS',
  'Access-Control-Allow-Headers':
    'Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Session-Id, Last-Event-ID, Mcp-Method, Mcp-Name',
  'Access-Control-Expose-Headers': 'WWW-Authenticate, MCP-Protocol-Version, Retry-After',
  'Access-Control-Max-Age': '600',
};

/**
 * Refuses a request whose `Host` is not this server's: a browser page whose name was rebound to a local address
 * (DNS rebinding) sends its own. 421, since another server may well be meant (RFC 9110 section 15.5.20).
 */
export function refuseHost(
  rawHeaders: readonly string[],
  { allowedHosts }: HttpSettings,
): Response | undefined {
  const [host, ...others] = linesOf(rawHeaders, 'host');
  // RFC 9112 section 3.2.
  if (others.length > 0) return refuse(400, 'bad_request', 'There must be one Host header.');
  const [, name = '', port = ''] = /^(.*?)(?::(\d{1,5}))?$/.exec(host?.toLowerCase() ?? '') ?? [];
  if (allowedHosts.includes(name) && Number(port) <= 65_535) return undefined;
  return refuse(421, 'misdirected_request', 'This server does not answer for the requested host.');
}

/** Refuses a browser page of an origin that is not listed, compared exactly. Other clients send no `Origin`. */
export function refuseOrigin(
  origin: string | undefined,
  { allowedOrigins }: HttpSettings,
): Response | undefined {
  if (origin === undefined || allowedOrigins.includes(origin)) return undefined;
  return refuse(403, 'forbidden_origin', 'This origin may not call this server.');
}

/** The CORS headers of an answer to an origin that passed `refuseOrigin`; never `*`, never an unchecked echo. */
export function corsHeaders(origin: string | undefined): Record<string, string> {
  return origin === undefined
    ? {}
    : { ...CORS, 'Access-Control-Allow-Origin': origin, Vary: 'Origin' };
}
