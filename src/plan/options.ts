import { isLoopback, isMetadataUrl } from '../../templates/src/runtime/http.js';
import { InputError, type Problem } from '../errors.js';
import { webUrl } from './servers/server-url.js';
import type { PlanOptions } from './types.js';

/** Whether the server requires tokens: naming the issuer is enough. */
export function authenticationOf({ auth, oauthServer }: PlanOptions): 'none' | 'oauth2' {
  return auth ?? (oauthServer === undefined ? 'none' : 'oauth2');
}

const PLAIN = 'without user info, query or fragment';
const SECURE = `an https:// URL (http:// on loopback only) ${PLAIN}`;
const ISSUER = 'the issuer, not the URL of its metadata: the part from /.well-known on is added';
const NAME =
  '1 to 50 characters of a-z, 0-9 and "-", and must begin and end with a letter or a digit';

/** @throws InputError with every option that cannot be used */
export function checkOptions(options: PlanOptions): void {
  const { oauthServer, resourceUrl, baseUrl, icon, name } = options;
  const problems = [
    faultOf('--oauth-server', oauthServer, isSecure, SECURE, 'https://auth.example.com'),
    faultOf(
      '--oauth-server',
      oauthServer,
      (value) => !isMetadataUrl(value),
      ISSUER,
      'https://auth.example.com',
    ),
    faultOf('--resource-url', resourceUrl, isSecure, SECURE, 'https://mcp.example.com/mcp'),
    faultOf(
      '--base-url',
      baseUrl,
      isPlain,
      `an http(s):// URL ${PLAIN}`,
      'https://api.example.com/v1',
    ),
    faultOf(
      '--icon',
      icon,
      isIcon,
      'an https:// URL without user info',
      'https://example.com/logo.png',
    ),
    faultOf('--name', name, isName, NAME, 'petstore'),
    ...(options.auth === 'none' && oauthServer !== undefined ? [conflict] : []),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new InputError(problems);
}

function faultOf(
  flag: string,
  value: string | undefined,
  isValid: (value: string) => boolean,
  form: string,
  example: string,
): Problem | undefined {
  if (value === undefined || isValid(value)) return undefined;
  const message = `${flag} must be ${form}.`;
  return {
    code: 'INVALID_OPTION',
    place: flag,
    message,
    remedy: `For example: ${flag} ${example}`,
  };
}

// The generated server makes the same checks of its variables at start; an error is better reported now.
function isSecure(value: string): boolean {
  const url = isPlain(value) ? new URL(value) : undefined;
  return url !== undefined && (url.protocol === 'https:' || isLoopback(url.hostname));
}

function isPlain(value: string): boolean {
  return webUrl(value) !== undefined && !/[#?]/.test(value);
}

/** Whether clients can load a picture from a URL (MCP, Icon: https, and no credentials in it). */
export function isIcon(value: string): boolean {
  return webUrl(value)?.protocol === 'https:';
}

function isName(value: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$/.test(value);
}

const conflict: Problem = {
  code: 'CONFLICTING_OPTIONS',
  place: '--auth',
  message: '--auth none and --oauth-server contradict each other.',
  remedy: 'Remove one of them.',
};
