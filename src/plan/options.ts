import { InputError, type Problem } from '../errors.js';
import type { PlanOptions } from './types.js';

/** Whether the server requires tokens: naming the issuer is enough. */
export function authenticationOf({ auth, oauthServer }: PlanOptions): 'none' | 'oauth2' {
  return auth ?? (oauthServer === undefined ? 'none' : 'oauth2');
}

/** @throws InputError with every option that cannot be used */
export function checkOptions(options: PlanOptions): void {
  const problems = [
    urlProblem('--oauth-server', options.oauthServer, 'https://auth.example.com'),
    urlProblem('--resource-url', options.resourceUrl, 'https://mcp.example.com/mcp'),
    baseUrlProblem(options.baseUrl),
    iconProblem(options.icon),
    nameProblem(options.name),
    conflict(options),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new InputError(problems);
}

// The generated server makes the same checks of its variables at start; an error is better reported now.
function urlProblem(flag: string, value: string | undefined, example: string): Problem | undefined {
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const loopback = url !== undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  const usable = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback);
  if (usable && url.username === '' && url.password === '' && !/[#?]/.test(value)) return undefined;
  return {
    code: 'INVALID_OPTION',
    place: flag,
    message: `${flag} must be an https:// URL (http:// on loopback only) without user info, query or fragment.`,
    remedy: `For example: ${flag} ${example}`,
  };
}

function baseUrlProblem(value: string | undefined): Problem | undefined {
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.username === '' &&
    url.password === '' &&
    !/[#?]/.test(value)
  )
    return undefined;
  return {
    code: 'INVALID_OPTION',
    place: '--base-url',
    message: '--base-url must be an http(s):// URL without user info, query or fragment.',
    remedy: 'For example: --base-url https://api.example.com/v1',
  };
}

function iconProblem(value: string | undefined): Problem | undefined {
  if (value === undefined || isIcon(value)) return undefined;
  return {
    code: 'INVALID_OPTION',
    place: '--icon',
    message: '--icon must be an https:// URL without user info.',
    remedy: 'For example: --icon https://example.com/logo.png',
  };
}

/** Whether clients can load a picture from a URL (MCP, Icon: https, and no credentials in it). */
export function isIcon(value: string): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url?.protocol === 'https:' && url.username === '' && url.password === '';
}

function nameProblem(name: string | undefined): Problem | undefined {
  if (name === undefined || /^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$/.test(name)) return undefined;
  return {
    code: 'INVALID_OPTION',
    place: '--name',
    message:
      '--name must be 1 to 50 characters of a-z, 0-9 and "-", and must begin and end with a letter or a digit.',
    remedy: 'For example: --name petstore',
  };
}

function conflict({ auth, oauthServer }: PlanOptions): Problem | undefined {
  if (auth !== 'none' || oauthServer === undefined) return undefined;
  return {
    code: 'CONFLICTING_OPTIONS',
    place: '--auth',
    message: '--auth none and --oauth-server contradict each other.',
    remedy: 'Remove one of them.',
  };
}
