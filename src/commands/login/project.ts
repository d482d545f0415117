import { join, resolve } from 'node:path';
import {
  LOGIN_FILE,
  parseLogin,
  type Login,
} from '../../../templates/src/runtime/credentials/login.js';
import { InputError } from '../../errors.js';
import type { Environment } from '../../print/terminal.js';
import { readDotenv, writeDotenv } from '../../project/dotenv.js';
import { changeFile, readIfThere, writePrivately } from '../../project/private-file.js';
import { findProject, isServerName } from '../../project/project-folder.js';

/** The folder of a project: one that is named, or a server that `add` knows by its name. @throws InputError */
export function projectFolder(named: string, env: Environment): string {
  const found = findProject(named, env);
  if (found !== undefined) return found;
  throw new InputError({
    code: 'NO_PROJECT',
    message: `There is no generated project in ${resolve(named)}${isServerName(named) ? `, and no server with the name ${named}` : ''}.`,
    place: 'dir',
    remedy: 'Name the folder of a project, or a server that `openapi-to-mcp add` has added.',
  });
}

/** The sign-in of a project; undefined when there is none that can be read. */
export async function loginOf(project: string): Promise<Login | undefined> {
  const text = await readIfThere(join(project, LOGIN_FILE));
  return text === undefined ? undefined : parseLogin(text);
}

/** Keeps a sign-in in the project, and has its server use it. */
export async function keep(project: string, text: string): Promise<void> {
  await ignoreInGit(project);
  await writePrivately(join(project, LOGIN_FILE), text);
  await writeDotenv(project, { UPSTREAM_AUTH: 'login' });
}

/** Has the server of a project do without the sign-in. */
export async function useNoLogin(project: string): Promise<void> {
  const { UPSTREAM_AUTH: mode } = await readDotenv(project);
  if (mode === 'login') await writeDotenv(project, { UPSTREAM_AUTH: undefined });
}

/** Projects of earlier versions do not ignore the file yet. */
async function ignoreInGit(project: string): Promise<void> {
  const path = join(project, '.gitignore');
  if ((await readIfThere(path)) === undefined) return;
  await changeFile(path, (text = '') => {
    if (text.split(/\r?\n/).includes(`${LOGIN_FILE}*`)) return text;
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${LOGIN_FILE}*\n`;
  });
}
