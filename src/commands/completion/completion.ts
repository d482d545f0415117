import { Argument, type Command } from 'commander';
import { bashScript } from './bash.js';
import { fishScript } from './fish.js';
import { wordsOf, type ProgramWords } from './words.js';
import { zshScript } from './zsh.js';
import type { Terminal } from '../../print/terminal.js';
import type { Run } from '../../project/flags.js';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** The supported shells. */
type Shell = keyof typeof scripts;

const examples = `
Examples, for the shell's start-up file:
  eval "$(openapi-to-mcp completion bash)"     # ~/.bashrc
  eval "$(openapi-to-mcp completion zsh)"      # ~/.zshrc, after compinit
  openapi-to-mcp completion fish | source      # ~/.config/fish/config.fish
`;

/** Adds `completion`. */
export function addCompletion(program: Command, run: Run): void {
  program
    .command('completion')
    .description('print a shell completion script for commands and flags')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(scripts)))
    .option('--json', 'print a machine-readable result')
    .addHelpText('after', examples)
    .action((shell: Shell) =>
      run((terminal) => completionCommand(shell, wordsOf(program), terminal)),
    );
}

/** Prints a script that completes the current commands, flags and their values. */
function completionCommand(shell: Shell, words: ProgramWords, terminal: Terminal): Promise<number> {
  const script = scripts[shell](words);
  terminal.result({ ok: true, shell, script }, script);
  return Promise.resolve(0);
}
