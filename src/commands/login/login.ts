import { join } from 'node:path';
import type { Command } from 'commander';
import { originOf } from '../../../templates/src/runtime/http.js';
import { parseUrl } from '../../../templates/src/runtime/text.js';
import { formatLogin, type Login } from '../../../templates/src/runtime/credentials/login.js';
import { readProject } from '../../diff/read-project.js';
import type { Api } from '../../../templates/src/runtime/api.js';
import { InputError } from '../../errors.js';
import { reasonOf } from '../../net/fetch-document.js';
import { choosePort } from '../../net/listening.js';
import { createFetch, type Fetch } from '../../net/reach.js';
import { printable, type Environment, type Terminal } from '../../print/terminal.js';
import { readDotenv, settingsIn } from '../../project/dotenv.js';
import { toPort, type Run } from '../../project/flags.js';
import { documentOf, resolveFlags } from '../../project/resolve-flags.js';
import { signInFailure } from '../../project/sign-in-page.js';
import { signInsOf, type SignInScheme } from '../../project/sign-ins.js';
import { keep, loginOf, projectFolder } from './project.js';
import { serverOf, type ApiServer } from './server.js';
import { register, signIn, type ApiClient } from './sign-in.js';

interface LoginFlags {
  readonly clientId?: string;
  readonly callbackPort?: number;
  readonly browser: boolean;
}

const examples = `
Examples:
  $ openapi-to-mcp login
  $ openapi-to-mcp login notes
  $ openapi-to-mcp login notes-mcp-server --client-id my-client

For servers over stdio, which call the API for you alone: you sign in at the
API's own authorization server, in your browser. The client is that of
--client-id or UPSTREAM_CLIENT_ID (with its secret, if any, in
UPSTREAM_CLIENT_SECRET), else this program registers itself. The tokens are kept
in the project, in a file that only you can read; the server renews them.
`;

/** Adds `login`. */
export function addLogin(program: Command, run: Run): void {
  program
    .command('login')
    .description('sign in to the API, for a server that calls it for you alone (stdio)')
    .argument('[dir]', 'the project, or the name of a server that `add` has added', '.')
    .option('--client-id <id>', 'use this client, registered at the authorization server')
    .option(
      '--callback-port <port>',
      'the port that the browser returns to (default: 33430, or the next free one)',
      toPort,
    )
    .option('--no-browser', 'print the sign-in URL and wait')
    .option('--json', 'print a machine-readable result')
    .addHelpText('after', examples)
    .action((directory: string, flags: LoginFlags) =>
      run((terminal) => loginCommand(directory, flags, terminal)),
    );
}

/** Signs the user in. Resolves to the exit status. */
async function loginCommand(named: string, flags: LoginFlags, terminal: Terminal): Promise<number> {
  const project = projectFolder(named, terminal.env);
  if (flags.browser && !terminal.watched) throw noTerminal();
  const run = await resolveFlags({ output: project }, terminal);
  const document = await documentOf(run);
  const api = await readProject(project);
  const scheme = chosen(signInsOf(document.openapi, document.url), api, project);
  if (document.hash !== run.lock?.source.hash) requireKnown(scheme, api, project);
  const settings = await settingsOf(project, flags, terminal.env);
  try {
    const login = await signInTo(scheme, api, { project, settings, flags }, terminal);
    await keep(project, formatLogin(login));
    report(login, project, api, terminal);
    return 0;
  } catch (error) {
    throw toInputError(error, addressOf(scheme));
  }
}

/** What `.env` and the environment say about the sign-in; an empty value counts as not set. @throws InputError */
async function settingsOf(project: string, { clientId }: LoginFlags, env: Environment) {
  const set = Object.entries(env).filter(([, value]) => value?.trim() !== '');
  const values = { ...(await readDotenv(project)), ...Object.fromEntries(set) };
  return settingsIn(join(project, '.env'), values, (settings) => {
    const id = clientId ?? settings.text('UPSTREAM_CLIENT_ID');
    const secret = settings.secret('UPSTREAM_CLIENT_SECRET');
    const resource = settings.text('UPSTREAM_TOKEN_RESOURCE');
    if (resource !== undefined && !parseUrl(resource))
      settings.problem('UPSTREAM_TOKEN_RESOURCE', 'must be a URL');
    return {
      client: id === undefined ? undefined : { id, secret },
      scopes: settings.list('UPSTREAM_SCOPES'),
      audience: settings.text('UPSTREAM_TOKEN_AUDIENCE'),
      resource,
    };
  });
}

interface Context {
  readonly project: string;
  readonly settings: Awaited<ReturnType<typeof settingsOf>>;
  readonly flags: LoginFlags;
}

async function signInTo(
  scheme: SignInScheme,
  api: Api,
  { project, settings, flags }: Context,
  terminal: Terminal,
): Promise<Login> {
  const fetch = createFetch(new URL(addressOf(scheme)));
  terminal.progress('Checking the authorization server…');
  const server = await serverOf(scheme, fetch);
  const port = await choosePort('--callback-port', flags.callbackPort, 33_430);
  const { audience, resource } = settings;
  const client = settings.client ?? (await known(project, server, port, fetch));
  return signIn(
    {
      server,
      client,
      scopes: scopesFor(scheme, api, server, settings.scopes),
      audience,
      resource,
      port,
      browser: flags.browser,
    },
    fetch,
    terminal,
  );
}

/** The address of the authorization server that the document names. */
function addressOf(scheme: SignInScheme): string {
  return 'discoveryUrl' in scheme ? scheme.discoveryUrl : scheme.authorizationUrl;
}

const DOCUMENT = 'Check the URLs under components.securitySchemes in the document.';

function toInputError(error: unknown, place: string): InputError {
  if (error instanceof InputError) return error;
  const [code, message, remedy] = signInFailure(error, {
    guide: 'The document',
    unsafe: DOCUMENT,
    refused: 'Check the client, its secret (UPSTREAM_CLIENT_SECRET) and its redirect URI there.',
  }) ?? ['UNREACHABLE', `The authorization server cannot be used: ${reasonOf(error)}.`, DOCUMENT];
  return new InputError({ code, message: printable(message), place, remedy });
}

/** The first OAuth scheme that the tools require. @throws InputError */
function chosen(schemes: readonly SignInScheme[], { tools }: Api, project: string): SignInScheme {
  const asked = new Set(
    tools.flatMap(({ request }) => (request.security ?? []).flatMap((one) => Object.keys(one))),
  );
  const found = schemes.find(({ scheme }) => asked.has(scheme));
  if (found !== undefined) return found;
  throw new InputError({
    code: 'NO_SIGN_IN_FLOW',
    message: 'The document does not describe an authorization code flow for its operations.',
    place: project,
    remedy:
      'Set the credentials listed in .env.example in .env, or describe the flow with an overlay (--overlay).',
  });
}

/**
 * The user signs in at one URL, and the code and the client's secret go to another. A document that has changed since
 * its project was reviewed may only name hosts that the project knows. @throws InputError
 */
function requireKnown(scheme: SignInScheme, { securitySchemes }: Api, project: string): void {
  const known = Object.values(securitySchemes).flatMap((one) => [
    ...('tokenUrl' in one ? [originOf(one.tokenUrl ?? '')] : []),
    ...('openIdConnectUrl' in one ? [originOf(one.openIdConnectUrl)] : []),
  ]);
  const named =
    'discoveryUrl' in scheme ? [scheme.discoveryUrl] : [scheme.authorizationUrl, scheme.tokenUrl];
  const origin = named.map(originOf).find((one) => !known.includes(one));
  if (origin === undefined) return;
  throw new InputError({
    code: 'CHANGED_DOCUMENT',
    message: `The document has changed since the project was generated, and signs users in at ${origin}, which the project does not name.`,
    place: project,
    remedy: 'Generate the project again, and review the change; then sign in.',
  });
}

/** The scopes in `UPSTREAM_SCOPES`, else those that the document requires for the tools. */
function scopesFor(
  scheme: SignInScheme,
  { tools }: Api,
  { metadata }: ApiServer,
  listed: readonly string[] | undefined,
): string[] {
  const named = listed?.join() === 'none' ? [] : listed;
  const needed = tools.flatMap(({ request }) =>
    (request.security ?? []).flatMap((one) => one[scheme.scheme] ?? []),
  );
  // OpenID Connect Core section 11: without it, some servers do not issue a refresh token.
  const offline = metadata.scopes_supported?.includes('offline_access') === true;
  return [
    ...new Set([
      ...('discoveryUrl' in scheme ? ['openid'] : []),
      ...(named ?? needed.toSorted()),
      ...(offline ? ['offline_access'] : []),
    ]),
  ];
}

/** The client of the last sign-in at the same server, or a newly registered one. */
async function known(
  project: string,
  server: ApiServer,
  port: number,
  fetch: Fetch,
): Promise<ApiClient> {
  const before = await loginOf(project);
  const isPublic = before?.client.authentication.method === 'none';
  if (isPublic && before.tokenUrl === server.metadata.token_endpoint && port === 33_430)
    return { id: before.client.id };
  return register(server, port, fetch);
}

function report(login: Login, project: string, { title }: Api, terminal: Terminal): void {
  const renews = login.refreshToken !== undefined;
  const lines = [
    `Signed in to ${title}. The server uses the sign-in from its next start.`,
    renews
      ? 'It renews its access until you run openapi-to-mcp logout.'
      : 'The authorization server did not issue a refresh token: sign in again when the access expires.',
    `Kept in ${project}, in a file that only you can read.`,
  ];
  const more = { tokenUrl: login.tokenUrl, clientId: login.client.id, renews };
  terminal.result(
    { ok: true, project, ...more },
    `${lines.map((line) => printable(line)).join('\n')}\n`,
  );
}

function noTerminal(): InputError {
  return new InputError({
    code: 'NOT_SIGNED_IN',
    message: 'A user has to sign in, and there is no terminal.',
    place: '--no-browser',
    remedy: 'Run this in a terminal, or with --no-browser, which waits until the page is opened.',
  });
}
