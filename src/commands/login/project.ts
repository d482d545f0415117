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
import { findProject, isServerName } from '../../project/folders.js';

/** The folder of a project, from its path or from the name of a server that `add` has added. @throws InputError */
export function projectFolder(named: string, env: Environment): string {
  const found = findProject(named, env);
  if (found !== undefined) return found;
  throw new InputError({
    code: 'NO_PROJECT',
    message: `There is no generated project in ${resolve(named)}${isServerName(named) ? `, and no server called ${named}` : ''}.`,
    place: 'dir',
    remedy:
      'Pass the folder of a project, or the name of a server that `openapi-to-mcp add` has added.',
  });
}

/** The sign-in of a project; undefined if there is none, or it cannot be read. */
export async function loginOf(project: string): Promise<Login | undefined> {
  const text = await readIfThere(join(project, LOGIN_FILE));
  return text === undefined ? undefined : parseLogin(text);
}

/** Stores a sign-in in the project, and configures its server to use it. */
export async function keep(project: string, text: string): Promise<void> {
  await ignoreInGit(project);
  await writePrivately(join(project, LOGIN_FILE), text);
  await writeDotenv(project, { UPSTREAM_AUTH: 'login' });
}

/** Configures the project's server not to use a sign-in. */
export async function useNoLogin(project: string): Promise<void> {
  const { UPSTREAM_AUTH: mode } = await readDotenv(project);
  if (mode === 'login') await writeDotenv(project, { UPSTREAM_AUTH: undefined });
}

/** The .gitignore of projects from earlier versions lacks the file. */
async function ignoreInGit(project: string): Promise<void> {
  const path = join(project, '.gitignore');
  if ((await readIfThere(path)) === undefined) return;
  await changeFile(path, (text = '') => {
    if (text.split(/\r?\n/).includes(`${LOGIN_FILE}*`)) return text;
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${LOGIN_FILE}*\n`;
  });
}
