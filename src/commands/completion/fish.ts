import type { CommandWords, FlagWords, ProgramWords, Takes } from './words.js';

/** A completion script for fish. */
export function fishScript(program: ProgramWords): string {
  const { name, commands } = program;
  const start = `complete -c ${name}`;
  const first = `${start} -n __fish_use_subcommand`;
  const lines = [
    `# Completion of ${name} for fish: ${name} completion fish | source`,
    `${start} -f`,
    ...program.flags.map((flag) => `${first} ${flagWords(flag)}`),
    ...commands.map((command) => `${first} -a ${command.name} -d ${quote(command.description)}`),
    ...commands.flatMap((command) => commandLines(start, command)),
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines(start: string, { name, flags, takes }: CommandWords): string[] {
  const within = `${start} -n ${quote(`__fish_seen_subcommand_from ${name}`)}`;
  return [
    ...flags.map((flag) => `${within} ${flagWords(flag)}`),
    ...(takes === undefined || takes === 'text' ? [] : [`${within} ${valueWords(takes)}`]),
  ];
}

function flagWords({ names, description, takes }: FlagWords): string {
  const spelt = names.map((flag) =>
    flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  );
  const value = takes === undefined ? [] : ['-r', valueWords(takes)];
  return [...spelt, ...value, '-d', quote(description)].join(' ');
}

/** `-F` offers files, `-f` does not; neither affects the words after `-a`. */
function valueWords(takes: Takes): string {
  if (takes === 'files') return '-F';
  if (takes === 'text') return '-f';
  return `-f -a ${quote(takes === 'folders' ? '(__fish_complete_directories)' : takes.join(' '))}`;
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
