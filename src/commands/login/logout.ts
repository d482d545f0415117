import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { authenticateClient } from '../../../templates/src/runtime/client.js';
import { LOGIN_FILE, type Login } from '../../../templates/src/runtime/credentials/login.js';
import { faultOf, send } from '../../net/post.js';
import { createFetch } from '../../net/reach.js';
import { printable, type Terminal } from '../../print/terminal.js';
import type { Run } from '../../project/flags.js';
import { loginOf, projectFolder, useNoLogin } from './project.js';

/** Adds `logout`. */
export function addLogout(program: Command, run: Run): void {
  program
    .command('logout')
    .description("sign out of a server's API (see login)")
    .argument('[dir]', 'the project, or the name of a server that `add` has added', '.')
    .option('--json', 'print a machine-readable result')
    .action((directory: string) => run((terminal) => logoutCommand(directory, terminal)));
}

/** Revokes and deletes the tokens of a project. Resolves to the exit status: 1 if they could not be revoked. */
async function logoutCommand(named: string, terminal: Terminal): Promise<number> {
  const project = projectFolder(named, terminal.env);
  const login = await loginOf(project);
  const fault = login && (await revoke(login));
  await rm(join(project, LOGIN_FILE), { force: true });
  await useNoLogin(project);
  const text =
    login === undefined
      ? 'No user was signed in.'
      : fault === undefined
        ? 'Signed out. The tokens were revoked and deleted.'
        : `Signed out here: the tokens were deleted. They were not revoked (${fault}); end the access in your account at the API.`;
  const revoked = login !== undefined && fault === undefined;
  terminal.result({ ok: fault === undefined, project, revoked }, `${printable(text)}\n`);
  return fault === undefined ? 0 : 1;
}

/** Why tokens could not be revoked (RFC 7009). Revoking a refresh token also ends the access tokens issued from it. */
async function revoke(login: Login): Promise<string | undefined> {
  const { revocationUrl: url, client, refreshToken, accessToken } = login;
  if (url === undefined) return 'the authorization server does not publish a revocation endpoint';
  const parameters = {
    token: refreshToken ?? accessToken,
    token_type_hint: refreshToken === undefined ? 'access_token' : 'refresh_token',
  };
  const { form, headers } = await authenticateClient(url, client, parameters);
  const init = { method: 'POST', ...(headers && { headers }), body: form ?? null };
  const answer = await send(createFetch(new URL(login.tokenUrl)), url, init);
  return answer.status === 200 ? undefined : faultOf(answer);
}
