import { InputError } from '../../errors.js';
import { printable, type Terminal } from '../../print/terminal.js';
import { visit } from '../../project/sign-in-page.js';
import type { SignIn } from './session.js';

/**
 * Sends the user to the authorization server, in a browser or, if `browser` is false, with a URL to copy, and waits for
 * the redirect on a local port. @throws InputError without a terminal
 */
export function signInWith(terminal: Terminal, port: number, browser: boolean): SignIn {
  return async (provider) => {
    const { authorizationUrl: url, expectedState: state } = provider;
    if (url === undefined) throw new Error('There is no authorization request.');
    if (browser && !terminal.watched) throw noTerminal();
    const more = missingScopes(url, provider.tokens()?.scope);
    if (more.length > 0) terminal.say(`This also needs ${printable(more.join(' '))}.\n`);
    return visit({ url, state, port, browser }, terminal);
  };
}

/** The requested scopes that the token lacks (step-up); none at a first sign-in. */
function missingScopes(url: URL, granted: string | undefined): string[] {
  if (granted === undefined) return [];
  const had = granted.split(' ');
  const wanted = url.searchParams.get('scope')?.split(' ') ?? [];
  return wanted.filter((scope) => scope !== 'offline_access' && !had.includes(scope));
}

function noTerminal(): InputError {
  return new InputError({
    code: 'NOT_SIGNED_IN',
    message: 'The server needs a token, and there is no terminal to sign in from.',
    place: '--token-env',
    remedy:
      'Put a token in an environment variable and name it with --token-env. Or sign in once, in a terminal or with --no-browser, which waits until the page is opened.',
  });
}
