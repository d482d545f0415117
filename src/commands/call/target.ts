import { InputError } from '../../errors.js';
import { isLoopback } from '../../../templates/src/runtime/http.js';
import { parseUrl } from '../../../templates/src/runtime/text.js';
import { redirectUrl } from '../../net/callback.js';
import { endpointOf } from '../../net/mcp-session.js';
import { firstFree } from '../../net/listening.js';
import { printable, type Terminal } from '../../print/terminal.js';
import { prepareProject } from '../../project/build.js';
import { findProject } from '../../project/folders.js';
import { visit } from '../../project/sign-in-page.js';
import { StdioSession } from '../../project/stdio-session.js';
import { modeOf, StoredClient, type ClientIdentity } from './oauth-provider.js';
import { HttpSession, type Credentials, type Session, type SignIn } from './session.js';
import { SignInStore, storePath } from './store.js';

/** The flags of a sign-in, which only servers over HTTP ask for. */
export interface SignInFlags {
  readonly clientId?: string;
  readonly clientMetadata?: string;
  readonly callbackPort?: number;
  readonly browser: boolean;
  readonly tokenEnv?: string;
  readonly logout?: boolean;
}

/** The server of a command line. */
export interface Target {
  /** How it is named in another command: its URL, or the words that the user typed. */
  readonly name: string;
  /** The progress that is shown while the session opens. */
  readonly opening: string;
  /** A session that is not connected yet. */
  readonly open: () => Promise<Session>;
}

/** The server that a URL, the folder of a project, or the name of an added server means. @throws InputError */
export async function targetOf(
  server: string,
  flags: SignInFlags,
  terminal: Terminal,
): Promise<Target> {
  const project = isUrl(server) ? undefined : findProject(server, terminal.env);
  if (project === undefined)
    return remote(await locate(toServerUrl(server), terminal), flags, terminal);
  refuseSignIn(flags);
  const open = async () => {
    await prepareProject(project, terminal);
    return new StdioSession(project, terminal);
  };
  return { name: server, opening: 'Starting the server', open };
}

function remote(url: URL, flags: SignInFlags, terminal: Terminal): Target {
  const open = async () => new HttpSession(url, await credentialsOf(url, flags, terminal));
  return { name: url.href, opening: `Connecting to ${url.host}`, open };
}

/** A scheme has two letters at least: one would be a drive of Windows. */
function isUrl(server: string): boolean {
  return /^[a-z][a-z\d+.-]+:/i.test(server);
}

const SIGN_IN_FLAGS = {
  clientId: '--client-id',
  clientMetadata: '--client-metadata',
  callbackPort: '--callback-port',
  tokenEnv: '--token-env',
  logout: '--logout',
} as const;

function refuseSignIn(flags: SignInFlags): void {
  const given = Object.entries(SIGN_IN_FLAGS).find(
    ([name]) => flags[name as keyof SignInFlags] !== undefined,
  );
  if (given === undefined) return;
  throw new InputError({
    code: 'INVALID_OPTION',
    message: `${given[1]} is for servers over HTTP; a project is called over stdio, without a token.`,
    place: given[1],
    remedy: 'Omit it, or name the URL of the running server.',
  });
}

async function locate(given: URL, terminal: Terminal): Promise<URL> {
  const url = await endpointOf(given);
  if (url !== given) terminal.remark(`MCP is at ${url.href}.\n`);
  return url;
}

/** Anyone on the way can read a token sent over plain http (RFC 6750 section 5.3). */
function toServerUrl(server: string): URL {
  const url = parseUrl(server);
  if (url && url.username + url.password !== '')
    throw new InputError({
      code: 'INVALID_SERVER',
      message: 'The URL of a server cannot have a user name or a password.',
      place: 'server',
      remedy: 'Remove them: `call` signs in, or sends the token of --token-env.',
    });
  const isLocal = url?.protocol === 'http:' && isLoopback(url.hostname);
  if (url?.protocol === 'https:' || isLocal) return url;
  throw new InputError({
    code: 'INVALID_SERVER',
    message: `${JSON.stringify(server)} is neither the URL of an MCP server nor a project.`,
    place: 'server',
    remedy:
      'Write a URL with its path: https://mcp.example.com/mcp; http is for this machine only. Or name the folder of a project, or a server that `openapi-to-mcp add` has added.',
  });
}

async function credentialsOf(
  url: URL,
  flags: SignInFlags,
  terminal: Terminal,
): Promise<Credentials> {
  if (flags.tokenEnv !== undefined) return { token: tokenIn(flags.tokenEnv, terminal) };
  const store = new SignInStore(storePath(terminal.env));
  const identity = identityOf(flags, terminal);
  const mode = modeOf(identity);
  const wanted = flags.callbackPort;
  const known = await store.find({
    resource: url.href,
    mode,
    ...(wanted !== undefined && { redirectUrl: redirectUrl(wanted) }),
  });
  const signIn = known.at(-1);
  // Servers that do not follow RFC 8252 section 7.3 bind a registration to its port.
  const before = signIn === undefined ? undefined : Number(new URL(signIn.redirectUrl).port);
  const port = wanted ?? (await firstFree(before ?? 33_420)) ?? 33_420;
  const fresh = { issuer: '', resource: url.href, redirectUrl: redirectUrl(port), mode };
  const provider = new StoredClient(identity, signIn ?? fresh, port, store);
  return { provider, signIn: signInWith(terminal, port, flags.browser) };
}

/**
 * Sends the user to the authorization server, in a browser or, if `browser` is false, with a URL to copy, and waits for
 * the redirect on a local port. @throws InputError without a terminal
 */
function signInWith(terminal: Terminal, port: number, browser: boolean): SignIn {
  return async (url, provider) => {
    if (browser && !terminal.watched) throw noTerminal();
    const more = missingScopes(url, provider.tokens()?.scope);
    if (more.length > 0) terminal.say(`This also needs ${printable(more.join(' '))}.\n`);
    return visit({ url, state: provider.expectedState, port, browser }, terminal);
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

function tokenIn(name: string, { env }: Terminal): string {
  const token = env[name]?.trim() ?? '';
  if (token !== '') return token;
  throw new InputError({
    code: 'MISSING_TOKEN',
    message: `The environment variable ${name} is not set.`,
    place: '--token-env',
    remedy: 'Set it to an access token.',
  });
}

function identityOf({ clientId, clientMetadata }: SignInFlags, { env }: Terminal): ClientIdentity {
  if (clientId !== undefined) {
    const secret = env.OAUTH_CLIENT_SECRET;
    return { kind: 'registered', id: clientId, ...(secret && { secret }) };
  }
  if (clientMetadata === undefined) return { kind: 'dynamic' };
  const url = parseUrl(clientMetadata);
  if (url?.protocol === 'https:' && url.pathname !== '/')
    return { kind: 'metadata', url: clientMetadata };
  throw new InputError({
    code: 'INVALID_OPTION',
    message: 'A client ID metadata document has an https URL with a path.',
    place: '--client-metadata',
    remedy: 'Write it as https://app.example.com/client.json.',
  });
}
