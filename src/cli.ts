import { CommanderError } from 'commander';
import { formatProblems } from './print/problems.js';
import { nearest } from '../templates/src/runtime/nearest.js';
import { createProgram, withoutFalseHelp } from './commands/program.js';
import { InputError, type Problem } from './errors.js';
import { Terminal, type Environment, type Surroundings } from './print/terminal.js';
import { version } from './package.js';

/** Wrong input, options or environment. */
const misuse = 2;

/** A defect of this program (EX_SOFTWARE of sysexits.h). */
const defect = 70;

/** Runs one command line, without the program's own name. Resolves to the exit status; never rejects. */
export async function main(argv: readonly string[], streams: Surroundings): Promise<number> {
  const terminal = new Terminal(streams, wantsJson(argv));
  let status = 0;
  const run = async (command: (terminal: Terminal) => Promise<number>) => {
    status = await command(terminal);
  };
  try {
    await useProxy(streams.env ?? {});
    const words = withoutFalseHelp(argv);
    const program = await createProgram(streams, run, words, (flag) => {
      terminal.remark(formatProblems([replaced(flag)], terminal));
    });
    await program.parseAsync([...words], { from: 'user' });
    return status;
  } catch (error) {
    return fail(error, terminal);
  }
}

/** Loads the code for proxies only where one is set. */
async function useProxy(env: Environment): Promise<void> {
  if (Object.entries(env).some(([name, value]) => /^https?_proxy$/i.test(name) && value))
    (await import('./net/guarded-agent.js')).useProxy(env);
}

/** Checked before the command line is parsed, so that errors in it are reported in the requested format. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, index) =>
      word === '--json' ||
      word === '--format=json' ||
      (word === 'json' && argv[index - 1] === '--format'),
  );
}

function fail(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return failCommandLine(error, terminal);
  if (!(error instanceof InputError)) return failDefect(error, terminal);
  report(error.problems, terminal);
  return misuse;
}

function failCommandLine(error: CommanderError, terminal: Terminal): number {
  if (error.exitCode === 0) return 0;
  // Without a command, commander prints the help instead of a message.
  if (error.code !== 'commander.help') report([toProblem(error)], terminal);
  return misuse;
}

function replaced(flag: string): Problem {
  return {
    code: 'REPEATED_OPTION',
    message: 'This option was given more than once, with different values: the last one is used.',
    place: flag,
    remedy: 'Remove the others.',
  };
}

/** A remedy for the most common mistakes: a misspelled value, and an option without its name. */
function remedyOf(code: string, message: string): string {
  const meant = code === 'commander.invalidArgument' ? nearestChoice(message) : undefined;
  if (meant !== undefined) return `Did you mean ${meant}?`;
  if (code !== 'commander.excessArguments')
    return 'See openapi-to-mcp --help, or --help after a command.';
  return /'(generate|validate|inspect|init|diff)'/.test(message)
    ? 'Options need their names: pass the document with --url <file or URL>.'
    : 'Options need their names: see --help after the command.';
}

function nearestChoice(message: string): string | undefined {
  const [, value = '', choices = ''] =
    /'([^']*)' is invalid.*Allowed choices are (.+?)\.?$/.exec(message) ?? [];
  return nearest(value, choices.split(', '));
}

/** `error: unknown option '--outptu'\n(Did you mean --output?)` in the format of every other problem. */
function toProblem({ code, message }: CommanderError): Problem {
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const suggestion = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  const [place] = /--[\w-]+/.exec(first) ?? [];
  return {
    code: code.replace('commander.', '').replace(/[A-Z]/g, '_$&').toUpperCase(),
    message: `${first.charAt(0).toUpperCase()}${first.slice(1).replace(/\.?$/, '.')}`,
    ...(place !== undefined && { place }),
    remedy: suggestion || remedyOf(code, first),
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
