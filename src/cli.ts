import { CommanderError, type Command } from 'commander';
import { formatProblems } from './print/problems.js';
import { mistakeIn } from './commands/mistakes.js';
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
  let program: Command | undefined;
  const run = async (command: (terminal: Terminal) => Promise<number>) => {
    status = await command(terminal);
  };
  try {
    await useProxy(streams.env ?? {});
    const words = withoutFalseHelp(argv);
    program = await createProgram(streams, run, words, (flag) => {
      terminal.remark(formatProblems([replaced(flag)], terminal));
    });
    await program.parseAsync([...words], { from: 'user' });
    return status;
  } catch (error) {
    if (!(error instanceof CommanderError)) return fail(error, terminal);
    // Without a command, commander prints the help instead of a message.
    const isAnswered = error.exitCode === 0 || error.code === 'commander.help';
    if (!isAnswered) report([mistakeIn(argv, error, program)], terminal);
    return error.exitCode === 0 ? 0 : misuse;
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
  if (!(error instanceof InputError)) return failDefect(error, terminal);
  report(error.problems, terminal);
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
