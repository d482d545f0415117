import type { Argument, Command, Option } from 'commander';

/** The possible values of a flag or an argument: paths, anything, or one of a few words. */
export type Takes = 'files' | 'folders' | 'text' | readonly string[];

/** One flag of a command. */
export interface FlagWords {
  /** `--url` and, if it has one, `-u`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined when it takes no value. */
  readonly takes?: Takes;
  readonly repeatable: boolean;
}

/** One command, or the program itself, with everything that completion needs. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly FlagWords[];
  /** The values of its first argument. */
  readonly takes?: Takes;
}

/** A program and its commands. */
export interface ProgramWords extends CommandWords {
  readonly commands: readonly CommandWords[];
}

/** The commands and flags in a program's help. */
export function wordsOf(program: Command): ProgramWords {
  const commands = program.createHelp().visibleCommands(program).map(describe);
  const help = commands.map((command) =>
    command.name === 'help' ? { ...command, takes: commands.map(({ name }) => name) } : command,
  );
  return { ...describe(program), commands: help };
}

function describe(command: Command): CommandWords {
  const help = command.createHelp();
  const [first] = command.registeredArguments;
  return {
    name: command.name(),
    description: oneLine(help.subcommandDescription(command)),
    flags: help.visibleOptions(command).map(describeFlag),
    ...(first !== undefined && { takes: takesOf(first, first.name()) }),
  };
}

function describeFlag(option: Option): FlagWords {
  const [, value] = /[<[](.*)[>\]]$/.exec(option.flags) ?? [];
  return {
    names: [option.long, option.short].filter((name) => name !== undefined),
    description: oneLine(option.description),
    ...(value !== undefined && { takes: takesOf(option, value) }),
    repeatable: option.description.includes('repeatable'),
  };
}

/** The name of a value states its kind: `<file or URL>`, `<dir>`. */
function takesOf({ argChoices }: Option | Argument, name: string): Takes {
  if (argChoices !== undefined) return argChoices;
  if (/\bdir\b/.test(name)) return 'folders';
  return /\bfile\b/.test(name) ? 'files' : 'text';
}

function oneLine(description: string): string {
  return description.replace(/\s+/g, ' ').trim();
}

/** A text as one word of bash and zsh. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
