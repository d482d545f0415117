import { IssuerMismatchError, OAuthError } from '@modelcontextprotocol/client';
import { isLoopback } from '../../templates/src/runtime/http.js';
import { InputError } from '../errors.js';
import { awaitCallback } from '../net/callback.js';
import { brief } from '../net/post.js';
import { Unreachable } from '../net/reach.js';
import { printable, type Terminal } from '../print/terminal.js';

/** An authorization request, and how its user reaches it. */
interface SignInPage {
  readonly url: URL;
  /** The `state` of the request: a response to another request is ignored. */
  readonly state: string;
  /** Where the browser returns to, on this machine. */
  readonly port: number;
  /** Whether to open a browser; otherwise the user copies the URL. */
  readonly browser: boolean;
}

/** Sends the user to the page and waits for the response on a port of this machine. @throws InputError */
export async function visit(
  { url, state, port, browser }: SignInPage,
  terminal: Terminal,
): Promise<URLSearchParams> {
  requireWebPage(url);
  const callback = await awaitCallback(port, state);
  try {
    const how = browser && (await openBrowser(url.href));
    terminal.say(
      `${how ? 'Your browser opens this page; sign in there' : 'Open this page, and sign in there'}:\n  ${printable(url.href)}\n`,
    );
    return await callback.response;
  } finally {
    await callback.close();
  }
}

/** Metadata or a document names the page: it must not start anything else on the user's machine. */
function requireWebPage({ protocol, hostname }: URL): void {
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return;
  throw new InputError({
    code: 'UNSAFE_SIGN_IN',
    message: `The authorization server wants users to sign in at ${protocol}//…, which is not an https page.`,
    remedy: 'Do not use it; its metadata (authorization_endpoint) is wrong or malicious.',
  });
}

/** Whether a browser could be started; it is unknown whether it shows the page. */
async function openBrowser(url: string): Promise<boolean> {
  try {
    const { default: open } = await import('open');
    const child = await open(url);
    child.on('error', () => undefined);
    return true;
  } catch {
    return false;
  }
}

/** Why something failed. */
export type Reason = readonly [code: string, message: string, remedy: string];

/** What a command says about a failed sign-in. */
interface Words {
  /** What names the addresses of the authorization server. */
  readonly guide: string;
  /** The remedy for an address that is never contacted. */
  readonly unsafe: string;
  /** The remedy for a refusal. */
  readonly refused: string;
}

/** Why a sign-in failed; undefined for an error with another cause. */
export function signInFailure(error: unknown, words: Words): Reason | undefined {
  if (!(error instanceof Error)) return undefined;
  const cause = brief(error.message.replace(/\.$/, ''));
  if (error instanceof IssuerMismatchError)
    return [
      'WRONG_ISSUER',
      `The response comes from a different authorization server: ${cause}.`,
      'Do not sign in there: it may be a mix-up attack (RFC 9207).',
    ];
  if (error instanceof Unreachable)
    return [
      'UNSAFE_ADDRESS',
      `${words.guide} leads to an address that is never contacted: ${cause}.`,
      words.unsafe,
    ];
  return error instanceof OAuthError ? refusal(error.code, cause, words.refused) : undefined;
}

function refusal(code: string, cause: string, remedy: string): Reason {
  return code === 'access_denied'
    ? [
        'DENIED',
        `The sign-in was refused: ${cause}.`,
        'Run this again, and grant the access that it asks for.',
      ]
    : ['OAUTH_ERROR', `The authorization server refused: ${cause} (${code}).`, remedy];
}
