import { Command, CommanderError } from 'commander';
import { diffCommand, type DiffFlags } from './commands/diff.js';
import {
  addDiffFlags,
  addPlanFlags,
  addSourceFlags,
  type GenerateFlags,
  type SourceFlags,
} from './commands/flags.js';
import { generateCommand } from './commands/generate.js';
import { inspectCommand } from './commands/inspect.js';
import { formatProblems } from './commands/problems.js';
import { validateCommand } from './commands/validate.js';
import { InputError, type Problem } from './errors.js';
import { Terminal, type Streams } from './terminal.js';
import { version } from './version.js';

/** Wrong input, options or environment. */
const misuse = 2;

/** A defect of this program (EX_SOFTWARE of sysexits.h). */
const defect = 70;

/** Runs one command line, without the program's own name. Resolves to the exit status; never rejects. */
export async function main(argv: readonly string[], streams: Streams): Promise<number> {
  const terminal = new Terminal(streams, wantsJson(argv));
  let status = 0;
  const program = createProgram(streams, async (command) => {
    status = await command(terminal);
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (error) {
    return fail(error, terminal);
  }
}

/** Asked before the command line is parsed, so that what is wrong with it is told in the form that it asks for. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, index) =>
      word === '--json' ||
      word === '--format=json' ||
      (word === 'json' && argv[index - 1] === '--format'),
  );
}

type Run = (command: (terminal: Terminal) => Promise<number>) => Promise<void>;

function createProgram(streams: Streams, run: Run): Command {
  const program = new Command('openapi-to-mcp')
    .description('Generate an OAuth-protected MCP server from an OpenAPI document.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      // Printed by fail(), in the form of every other problem.
      outputError: () => undefined,
    });
  addPlanFlags(
    addSourceFlags(
      program.command('generate').description('write a server project; without --url, again'),
    ).option('-o, --output <dir>', 'where to (default: ./<name>-mcp-server)'),
  )
    .option(
      '--check',
      'write nothing; say what would change; exit 1 on a difference, 2 when there is no telling',
    )
    .option(
      '-f, --force',
      'overwrite hand-edited generated files; with --check: make all anew, whatever the lock says',
    )
    .action((flags: GenerateFlags) => run((terminal) => generateCommand(flags, terminal)));
  addSourceFlags(
    program.command('validate').description('say whether a document is fit to generate from'),
  ).action((flags: SourceFlags) => run((terminal) => validateCommand(flags, terminal)));
  addPlanFlags(
    addSourceFlags(program.command('inspect').description('print the tools as they would be')),
  ).action((flags: SourceFlags) => run((terminal) => inspectCommand(flags, terminal)));
  addDiffFlags(
    addPlanFlags(
      addSourceFlags(
        program
          .command('diff')
          .description(
            'say what a changed document means for a generated project; options that are not given are as they were',
          )
          .argument('[dir]', 'the project', '.'),
      ),
    ),
  ).action((directory: string, flags: DiffFlags) =>
    run((terminal) => diffCommand(directory, flags, terminal)),
  );
  return program;
}

function fail(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return failCommandLine(error, terminal);
  if (!(error instanceof InputError)) return failDefect(error, terminal);
  report(error.problems, terminal);
  return misuse;
}

function failCommandLine(error: CommanderError, terminal: Terminal): number {
  if (error.exitCode === 0) return 0;
  // Without a command, commander has printed the help instead of a message.
  if (error.code !== 'commander.help') report([toProblem(error)], terminal);
  return misuse;
}

/** What people mean who type these. */
const remedies: Readonly<Record<string, string>> = {
  'commander.excessArguments': 'Options have names: --url <file or URL> is the document.',
};

/** `error: unknown option '--outptu'\n(Did you mean --output?)` in the form of every other problem. */
function toProblem({ code, message }: CommanderError): Problem {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const suggestion = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  const [place] = /--[\w-]+/.exec(first) ?? [];
  return {
    code: code.replace('commander.', '').replace(/[A-Z]/g, '_$&').toUpperCase(),
    message: `${first.charAt(0).toUpperCase()}${first.slice(1).replace(/\.?$/, '.')}`,
    ...(place !== undefined && { place }),
    remedy:
      suggestion || (remedies[code] ?? 'See openapi-to-mcp --help, or --help after a command.'),
  };
}

function failDefect(error: unknown, terminal: Terminal): number {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const place = `openapi-to-mcp ${version}, Node ${process.version}, ${process.platform}`;
  const message = `This is a defect of openapi-to-mcp, not of your input.\n${detail}`;
  const remedy = 'Please report it, with the text above and, if you can, the document.';
  report([{ code: 'DEFECT', message, place, remedy }], terminal);
  return defect;
}

function report(problems: readonly Problem[], terminal: Terminal): void {
  terminal.remark(formatProblems(problems, terminal));
  if (terminal.json) terminal.result({ ok: false, problems }, '');
}
