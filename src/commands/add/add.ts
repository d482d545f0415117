import { existsSync } from 'node:fs';
import { platform } from 'node:os';
import { confirm, isCancel, select } from '@clack/prompts';
import { Option, type Command } from 'commander';
import { InputError } from '../../errors.js';
import { flagKinds } from '../../lock/flags.js';
import { INTERRUPTED, printable, type Terminal } from '../../print/terminal.js';
import { prepareProject } from '../../project/build.js';
import {
  askFor,
  fromEnvironment,
  fromKeyFile,
  isSet,
  wantedBy,
  type Wanted,
} from '../../project/credentials.js';
import { readDotenv, writeDotenv, type Values } from '../../project/dotenv.js';
import { factsOf } from '../../project/facts.js';
import {
  collect,
  failOnWarnings,
  fromHome,
  readOnlyFlag,
  type GivenFlags,
  type Run,
} from '../../project/flags.js';
import { write } from '../../write/write.js';
import { clientNames, clientOf, placesOf, type ClientName } from '../../project/local-clients.js';
import { reportAdded } from './report.js';
import { register, registrationOf, type Registering } from './register.js';
import { localServerOf, type LocalServer } from '../../project/local-server.js';
import { StdioSession } from '../../project/stdio-session.js';

interface AddFlags extends Omit<GivenFlags, 'url' | 'auth'> {
  readonly client?: ClientName;
  readonly keyFile?: string;
  readonly key: boolean;
  readonly yes?: boolean;
}

const examples = `
Examples:
  $ openapi-to-mcp add openapi.yaml --client claude-code
  $ openapi-to-mcp add https://api.example.com/openapi.json --client cursor --include tag:notes
  $ openapi-to-mcp add openapi.yaml --client codex --key-file key.txt --yes
  $ openapi-to-mcp remove notes

The server runs on this machine, over stdio, for you alone. The API's key comes
from a hidden prompt, from --key-file or from the environment (UPSTREAM_API_KEY
and so on), and is kept in the project's .env.
`;

/** Adds `add`. */
export function addAdd(program: Command, run: Run): void {
  program
    .command('add')
    .description('generate a server for one user, and register it in an MCP client on this machine')
    .argument('<document>', 'the OpenAPI document: a file or a URL', fromHome)
    .addOption(
      new Option('--client <client>', 'the client to register the server in').choices(clientNames),
    )
    .option('-n, --name <name>', "the server's name (default: from info.title)")
    .option('-o, --output <dir>', "the project's folder (default: in your data folder)", fromHome)
    .option('-b, --base-url <url>', "the API's base URL (default: the document's first server)")
    .option('--include <pattern>', 'only these operations; repeatable', collect)
    .option('--exclude <pattern>', 'not these operations; repeatable', collect)
    .option(...readOnlyFlag)
    .addOption(
      new Option('--tools <mode>', 'each operation as a tool, or three that find them').choices(
        flagKinds.tools,
      ),
    )
    .option(
      '--header <"Name: value">',
      'send this header when fetching the document; repeatable',
      collect,
    )
    .option('--overlay <file or URL>', 'an OpenAPI Overlay to apply to it; repeatable', collect)
    .option('--allow-private', 'allow $refs and redirects to private addresses')
    .option('--key-file <file>', "read the API's key from this file, or - for stdin")
    .option('--no-key', 'do not ask for the key')
    .option('-y, --yes', "change the client's configuration without asking")
    .option('--strict', 'treat warnings as errors')
    .option('--json', 'print a machine-readable result')
    .addHelpText('after', examples)
    .action((document: string, flags: AddFlags) =>
      run((terminal) => addCommand(document, flags, terminal)),
    );
}

/** Generates, installs, builds and registers a server. Resolves to the exit status. */
async function addCommand(
  url: string,
  { client: named, keyFile, key, yes, ...given }: AddFlags,
  terminal: Terminal,
): Promise<number> {
  const client = named ?? (await chooseClient(terminal));
  if (client === undefined) return cancelled(terminal);
  const server = await localServerOf({ ...given, url }, terminal);
  const facts = await factsOf(server.plan, server.project);
  failOnWarnings(given, server.plan.warnings);
  requireServer(server);
  const dotenv = await readDotenv(server.project);
  const needed = wantedBy(server.plan, {});
  // A key file is a new key, also where there is one already.
  const wanted = keyFile === undefined ? wantedBy(server.plan, dotenv) : needed;
  const values = await valuesOf(wanted, server, { keyFile, key }, terminal);
  if (values === undefined) return cancelled(terminal);
  const registering = await registrationOf(client, server, terminal);
  if (!(await agreed(registering, yes === true, terminal))) return cancelled(terminal);
  await build(server, values, terminal);
  await start(server, terminal);
  await register(registering, terminal.env);
  const isGiven = ({ variable }: Wanted) => values[variable] !== undefined;
  const isKept = (one: Wanted) => !isGiven(one) && isSet(one.variable, dotenv);
  const kept = needed.filter((one) => isKept(one));
  const open = needed.filter((one) => !isGiven(one) && !isKept(one));
  reportAdded({ server, registering, kept, open, facts }, terminal);
  return 0;
}

/** Starts the server once, with nothing of this shell's environment, as a client does. @throws InputError */
async function start({ project }: LocalServer, terminal: Terminal): Promise<void> {
  terminal.progress('Starting it once…');
  const session = new StdioSession(project, { node: terminal.node, env: {} });
  await session.connect();
  await session.close();
}

async function build(server: LocalServer, values: Values, terminal: Terminal): Promise<void> {
  const { project, files, run } = server;
  await write(files, project, run.flags);
  if (Object.keys(values).length > 0) await writeDotenv(project, values);
  await prepareProject(project, terminal);
}

async function chooseClient(terminal: Terminal): Promise<ClientName | undefined> {
  if (!terminal.interactive)
    throw new InputError({
      code: 'MISSING_OPTION',
      message: 'No client was given, and there is no terminal to ask in.',
      place: '--client',
      remedy: `Name one: ${clientNames.join(', ')}.`,
    });
  const places = placesOf(terminal.env, platform());
  const options = clientNames.map((value) => {
    const { label, traces } = clientOf(value);
    const found = traces(places).some((path) => existsSync(path));
    return { value, label, ...(!found && { hint: 'not found on this machine' }) };
  });
  const answer = await select<ClientName>({
    input: terminal.input,
    output: terminal.prompts,
    message: 'Which client?',
    options,
  });
  return isCancel(answer) ? undefined : answer;
}

/** A server without the API's base URL does not start. */
function requireServer({ plan: { api } }: LocalServer): void {
  if (api.baseUrl !== undefined) return;
  throw new InputError({
    code: 'MISSING_OPTION',
    message: "The document does not contain the API's base URL.",
    place: '--base-url',
    remedy: 'Set it: --base-url https://api.example.com/v1.',
  });
}

/**
 * The values for `.env`; undefined if the user cancelled. @throws InputError if a value is missing and there is no
 * terminal
 */
async function valuesOf(
  wanted: readonly Wanted[],
  { plan: { api } }: LocalServer,
  { keyFile, key }: { readonly keyFile: string | undefined; readonly key: boolean },
  terminal: Terminal,
): Promise<Values | undefined> {
  if (keyFile !== undefined) return fromKeyFile(keyFile, wanted, terminal);
  const found = fromEnvironment(wanted, terminal);
  const missing = wanted.filter(({ variable }) => found[variable] === undefined);
  if (!key || missing.length === 0) return found;
  if (!terminal.interactive) throw missingKey(missing);
  const typed = await askFor(api.title, missing, terminal);
  return typed && { ...found, ...typed };
}

function missingKey(missing: readonly Wanted[]): InputError {
  const names = missing.map(({ variable }) => variable).join(', ');
  return new InputError({
    code: 'MISSING_KEY',
    message: `The API needs credentials (${names}), and there is no terminal to ask in.`,
    place: '--key-file',
    remedy: `Pass a file with the key, set ${names} in the environment, or add the server without a key: --no-key.`,
  });
}

async function agreed(
  { client, file, addition }: Registering,
  yes: boolean,
  terminal: Terminal,
): Promise<boolean> {
  if (addition === undefined) return true;
  const { label } = clientOf(client);
  const lines = addition.trim().split(/\r?\n/);
  terminal.remark(
    `\n${label} is configured in ${printable(file)}. This is added:\n\n${lines.map((line) => `  ${printable(line)}\n`).join('')}\n`,
  );
  if (yes) return true;
  if (!terminal.interactive)
    throw new InputError({
      code: 'NOT_CONFIRMED',
      message: `The configuration of ${label} is changed only with your consent.`,
      place: '--yes',
      remedy: 'Run this in a terminal, or add --yes.',
    });
  const answer = await confirm({
    input: terminal.input,
    output: terminal.prompts,
    message: 'Add it?',
  });
  return answer === true;
}

function cancelled(terminal: Terminal): number {
  terminal.remark('\nCancelled. Nothing was written.\n');
  return INTERRUPTED;
}
