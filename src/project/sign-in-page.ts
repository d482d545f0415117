import { InputError } from '../errors.js';
import { awaitCallback } from '../net/callback.js';
import { printable, type Terminal } from '../print/terminal.js';

/** An authorization request, and how its user gets there. */
export interface SignInPage {
  readonly url: URL;
  /** The `state` of the request: an answer to another one does not count. */
  readonly state: string;
  /** Where the browser returns to, on this machine. */
  readonly port: number;
  /** Whether a browser is opened; else there is a line to copy. */
  readonly browser: boolean;
}

/** Sends the user to the page, and waits for the answer on a port of this machine. @throws InputError */
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
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol === 'https:' || (protocol === 'http:' && local)) return;
  throw new InputError({
    code: 'UNSAFE_SIGN_IN',
    message: `The authorization server wants users to sign in at ${protocol}//…, which is not an https page.`,
    remedy: 'Do not use it; its metadata (authorization_endpoint) is wrong or malicious.',
  });
}

/** Whether a browser could be started; whether it shows anything nobody can tell. */
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
