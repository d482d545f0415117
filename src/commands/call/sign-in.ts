import { InputError } from '../../errors.js';
import { printable, type Terminal } from '../../print/terminal.js';
import { awaitCallback } from './callback.js';
import type { SignIn } from './session.js';

/**
 * Sends the user to the authorization server, with a browser or, with `browser` false, with a line to copy, and waits
 * for the answer on a port of this machine. Where nobody is there, it rejects. @throws InputError
 */
export function signInWith(terminal: Terminal, port: number, browser: boolean): SignIn {
  return async (provider) => {
    const { authorizationUrl, expectedState } = provider;
    if (authorizationUrl === undefined) throw new Error('There is no authorization request.');
    requireWebPage(authorizationUrl);
    if (browser && !terminal.watched) throw nobodyThere();
    const callback = await awaitCallback(port, expectedState);
    try {
      const how = browser && (await openBrowser(authorizationUrl.href));
      terminal.say(
        `${how ? 'Your browser opens this page; sign in there' : 'Open this page, and sign in there'}:\n  ${printable(authorizationUrl.href)}\n`,
      );
      return await callback.response;
    } finally {
      await callback.close();
    }
  };
}

/** A server's metadata names the page: it must not start anything else on the user's machine. */
function requireWebPage({ protocol, hostname }: URL): void {
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol === 'https:' || (protocol === 'http:' && local)) return;
  throw new InputError({
    code: 'UNSAFE_SIGN_IN',
    message: `The authorization server wants users to sign in at ${protocol}//…, which is no https page.`,
    remedy:
      'Do not use it; its metadata (authorization_endpoint) is wrong, or made by somebody who means harm.',
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

function nobodyThere(): InputError {
  return new InputError({
    code: 'NOT_SIGNED_IN',
    message: 'The server asks for a token, and nobody is there to sign in.',
    place: '--token-env',
    remedy:
      'Name an environment variable that holds a token with --token-env; or sign in once, in a terminal or with --no-browser, which waits for somebody to open a page.',
  });
}
