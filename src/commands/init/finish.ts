import { join, resolve } from 'node:path';
import type { Terminal } from '../../print/terminal.js';
import { prepareProject } from '../../project/build.js';
import { isSet, wantedOf } from '../../project/credentials.js';
import { readDotenv, writeDotenv, type Values } from '../../project/dotenv.js';
import { pasteRows } from '../../project/local-clients.js';
import { nextSteps } from '../../project/generate.js';
import { readIfThere } from '../../project/private-file.js';
import { Cancelled, type Asker, type Choice } from './asker.js';
import type { Draft, Opened } from './open.js';
import { formatVariables, openVariables } from './ask-upstream.js';

/** Runs `dev` on a project. */
export type RunDev = (
  directory: string,
  source: Pick<Draft, 'url' | 'header' | 'allowPrivate'> & { readonly upstream?: string },
  terminal: Terminal,
) => Promise<number>;

interface Rest {
  /** The variables that the server needs to call its API: `NAME`, or `NAME=value`. */
  readonly variables: readonly string[];
  readonly dev: RunDev;
  /** The project existed before. */
  readonly isUpdate: boolean;
}

/**
 * Offers the next steps for a new project: credentials, build and `dev`. Enter declines each. Resolves to the exit
 * status. @throws Cancelled, InputError
 */
export async function finish(
  opened: Opened,
  { variables, dev, isUpdate }: Rest,
  asker: Asker,
  terminal: Terminal,
): Promise<number> {
  const { draft, plan, isLocal } = opened;
  const directory = draft.output ?? '.';
  try {
    await askCredentials(plan.api.title, variables, directory, asker);
    const dotenv = await readDotenv(directory);
    const all = [...openVariables(plan), ...variables];
    const missing = all.filter((line) => !isDone(line, dotenv));
    terminal.remark(formatVariables(missing));
    if (isLocal === true) terminal.remark(formatClients(plan.api.name, directory));
    // wrangler runs a Worker, not `dev`.
    const isWorker = plan.target === 'workers';
    const isBuilt = !isWorker && (await build(directory, asker, terminal));
    const api = missing.length === 0 ? dotenv['UPSTREAM_BASE_URL'] || plan.api.baseUrl : undefined;
    const runs = isBuilt ? await askDev(api, asker) : undefined;
    if (runs !== undefined) return await dev(directory, { ...sourceOf(draft), ...runs }, terminal);
    const steps = nextSteps({ directory, isUpdate, isWorker, isBuilt, isLocal: isLocal === true });
    terminal.remark(steps.map((line) => `\n${line}`).join('') + '\n');
    return 0;
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    throw new Cancelled(`The project is in ${directory}.`);
  }
}

/**
 * Writes the typed credentials and the settings they need into `.env`. A new file starts as a copy of `.env.example`.
 */
async function askCredentials(
  title: string,
  variables: readonly string[],
  directory: string,
  asker: Asker,
): Promise<void> {
  const before = await readDotenv(directory);
  const names = variables.filter((line) => !line.includes('='));
  const wanted = wantedOf(names, before);
  if (wanted.length === 0) return;
  asker.say('step', `The API's credentials, for ${join(directory, '.env')} (only you can read it)`);
  const typed = await asker.fill(title, wanted);
  if (Object.keys(typed).length === 0) return;
  const example = await readIfThere(join(directory, '.env.example'));
  await writeDotenv(directory, { ...settingsOf(variables, before), ...typed }, example);
}

/** Settings that follow from the answers (`UPSTREAM_AUTH=bearer`), unless `.env` has them already. */
function settingsOf(variables: readonly string[], dotenv: Values): Values {
  const settings = variables.filter((line) => line.includes('=')).map(split);
  return Object.fromEntries(settings.filter(([name]) => !isSet(name, dotenv)));
}

/** Whether `.env` already sets the variable of a line `NAME` or `NAME=value`. */
function isDone(line: string, dotenv: Values): boolean {
  const [name, value] = split(line);
  return line.includes('=') ? dotenv[name] === value : isSet(name, dotenv);
}

function split(line: string): [string, string] {
  const [name = '', ...rest] = line.split('=');
  return [name, rest.join('=')];
}

/** Resolves to true once the project is built. */
async function build(directory: string, asker: Asker, terminal: Terminal): Promise<boolean> {
  if (!(await asker.confirm('Install and build it now?', false))) return false;
  await prepareProject(directory, terminal);
  asker.say('success', 'Installed and built.');
  return true;
}

/** Asks whether to run `dev`, and with which API; the real one is offered only if it can be called. */
async function askDev(
  api: string | undefined,
  asker: Asker,
): Promise<{ readonly upstream?: string } | undefined> {
  if (api === undefined)
    return (await asker.confirm('Run it now, with a mock of its API (dev)?', false))
      ? {}
      : undefined;
  const { answer } = await asker.choose<Choice & { answer: { upstream?: string } | undefined }>(
    'Run it now (dev)?',
    [
      { label: 'No', answer: undefined },
      { label: 'With a mock of its API', answer: {} },
      { label: `With the API itself, at ${api}`, answer: { upstream: api } },
    ],
  );
  return answer;
}

/** The user has just chosen the document, so it may be at a private address. */
function sourceOf({ url, header, allowPrivate }: Draft): Parameters<RunDev>[1] {
  return { url, header, allowPrivate };
}

/** How clients start the server after the build. */
function formatClients(name: string, output: string): string {
  const args = [resolve(output, 'dist/main.js'), '--stdio'];
  const rows = pasteRows({ name, command: 'node', args });
  const lines = rows.map(([label, text]) => `  ${label.padEnd(12)}${text}`);
  return `\nOnce it is built, a client starts it.\nPaste a command, or a line into its configuration:\n${lines.join('\n')}\n`;
}
