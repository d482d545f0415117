import { Command } from 'commander';
import type { Surroundings } from '../print/terminal.js';
import { isRepeatable, type Run } from '../project/flags.js';
import type { RunDev } from './init/finish.js';
import { version } from '../package.js';

const examples = `
Examples:
  $ openapi-to-mcp generate --url openapi.yaml --oauth-server https://auth.example.com
  $ openapi-to-mcp generate --help
`;

/** Adds a command to the program. */
type Add = (program: Command, run: Run) => void;

/** The commands in the order of the help. Each is loaded lazily, because they share little code. */
const commands: Readonly<Record<string, () => Promise<Add>>> = {
  init: async () => withDev((await import('./init/init.js')).addInit),
  generate: async () => (await import('./generate.js')).addGenerate,
  validate: async () => (await import('./validate.js')).addValidate,
  inspect: async () => (await import('./inspect.js')).addInspect,
  diff: async () => (await import('./diff.js')).addDiff,
  add: async () => (await import('./add/add.js')).addAdd,
  remove: async () => (await import('./add/remove.js')).addRemove,
  login: async () => (await import('./login/login.js')).addLogin,
  logout: async () => (await import('./login/logout.js')).addLogout,
  dev: async () => (await import('./dev/dev.js')).addDev,
  call: async () => (await import('./call/call.js')).addCall,
  doctor: async () => (await import('./doctor/doctor.js')).addDoctor,
  publish: async () => (await import('./publish/publish.js')).addPublish,
  completion: async () => (await import('./completion/completion.js')).addCompletion,
};

/** `init` ends by offering to run `dev`, which is loaded only then. */
function withDev(addInit: (program: Command, run: Run, dev: RunDev) => void): Add {
  return (program, run) =>
    addInit(program, run, async (...args) => (await import('./dev/dev.js')).devCommand(...args));
}

/** The commands that a command line needs. Help, completion and spelling corrections need all of them. */
function wantedBy([first = '']: readonly string[]): (() => Promise<Add>)[] {
  if (first === '--version' || first === '-V') return [];
  const isOne = Object.hasOwn(commands, first) && first !== 'completion';
  return Object.keys(commands).flatMap((name) =>
    isOne && name !== first ? [] : (commands[name] ?? []),
  );
}

/** The command line: its options and commands. */
export async function createProgram(
  streams: Surroundings,
  run: Run,
  argv: readonly string[] = [],
  onReplaced: (flag: string) => void = () => undefined,
): Promise<Command> {
  const program = new Command('openapi-to-mcp')
    .description('Generate an OAuth-protected MCP server from an OpenAPI document.')
    .version(version)
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      // Printed by fail(), in the format of every other problem.
      outputError: () => undefined,
    })
    .addHelpText('after', examples);
  const wanted = await Promise.all(wantedBy(argv).map((load) => load()));
  for (const add of wanted) add(program, run);
  for (const command of program.commands) noticeReplaced(command, onReplaced);
  return program;
}

/** Reports an option that has one value and is given another one, or revoked, later in the same command line. */
function noticeReplaced(command: Command, onReplaced: (flag: string) => void): void {
  const earlier = new Map<string, unknown>();
  for (const option of command.options) {
    const valueOf = (value: unknown) => (isRepeatable(option) ? true : (value ?? true));
    command.on(`option:${option.name()}`, (value: unknown) => {
      const name = option.attributeName();
      const given = option.negate ? false : valueOf(value);
      if (earlier.has(name) && earlier.get(name) !== given) onReplaced(option.long ?? option.flags);
      earlier.set(name, given);
    });
  }
}

/** `help x` for a command that does not exist is the command line `x`, so that it is reported like one. */
export function withoutFalseHelp(argv: readonly string[]): readonly string[] {
  const [first, name = 'help'] = argv;
  const isCommand = name === 'help' || name.startsWith('-') || Object.hasOwn(commands, name);
  return first === 'help' && !isCommand ? argv.slice(1) : argv;
}
