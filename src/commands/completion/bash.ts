import { quote, type CommandWords, type ProgramWords, type Takes } from './words.js';

/** A completion script for bash 3.2 (the version on macOS) and later. */
export function bashScript(program: ProgramWords): string {
  const name = `_${program.name.replace(/\W/g, '_')}`;
  const flags = (command: CommandWords) => command.flags.flatMap(({ names }) => names).join(' ');
  return `# Completion of ${program.name} for bash: eval "$(${program.name} completion bash)"
${name}_paths() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "$2")
}
${name}() {
  local at=$COMP_CWORD current previous command= flags= word
  current=\${COMP_WORDS[at]}
  # bash treats the = of --flag=value as a word.
  if [[ $current == = ]]; then current=; else [[ \${COMP_WORDS[at - 1]} == = ]] && ((at--)); fi
  previous=\${COMP_WORDS[at - 1]}
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    [[ $word != -* ]] && command=$word && break
  done
  COMPREPLY=()
  case "$command $previous" in
${program.commands.flatMap((command) => valueCases(name, command)).join('\n')}
  esac
  if [[ $current == -* ]]; then
    case $command in
${program.commands.map((command) => `    ${command.name}) flags=${quote(flags(command))} ;;`).join('\n')}
    *) flags=${quote(flags(program))} ;;
    esac
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
    return
  fi
  case $command in
  '') ${complete(
    name,
    program.commands.map((command) => command.name),
  )} ;;
${program.commands.flatMap((command) => argumentCase(name, command)).join('\n')}
  esac
}
complete -F ${name} ${program.name}
`;
}

function valueCases(name: string, command: CommandWords): string[] {
  return command.flags.flatMap(({ names, takes }) => {
    if (takes === undefined) return [];
    const patterns = names.map((flag) => quote(`${command.name} ${flag}`)).join(' | ');
    const steps = takes === 'text' ? '' : `${complete(name, takes)}; `;
    return `  ${patterns}) ${steps}return ;;`;
  });
}

function argumentCase(name: string, command: CommandWords): string[] {
  if (command.takes === undefined || command.takes === 'text') return [];
  return [`  ${command.name}) ${complete(name, command.takes)} ;;`];
}

function complete(name: string, takes: Exclude<Takes, 'text'>): string {
  if (takes === 'files') return `${name}_paths -f "$current"`;
  if (takes === 'folders') return `${name}_paths -d "$current"`;
  return `COMPREPLY=($(compgen -W ${quote(takes.join(' '))} -- "$current"))`;
}
