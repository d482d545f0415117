import {
  quote,
  type CommandWords,
  type FlagWords,
  type ProgramWords,
  type Takes,
} from './words.js';

/** A completion script for zsh, to evaluate after `compinit` or to put into a folder of `fpath`. */
export function zshScript(program: ProgramWords): string {
  const { name, commands } = program;
  return `#compdef ${name}
# Completion of ${name} for zsh: eval "$(${name} completion zsh)"
_${name}() {
  local curcontext=$curcontext state line
  local -a subcommands
  typeset -A opt_args
  _arguments -C \\
    ${program.flags.map(flagSpec).join(' \\\n    ')} \\
    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command)
      subcommands=(
${commands.map((command) => `        ${quote(`${command.name}:${command.description}`)}`).join('\n')}
      )
      _describe command subcommands
      ;;
    argument)
      case $words[1] in
${commands.map(commandCase).join('\n')}
      esac
      ;;
  esac
}
if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function commandCase({ name, flags, takes }: CommandWords): string {
  const argument = takes === undefined ? [] : [quote(`1:argument:${actionOf(takes)}`)];
  const specs = [...flags.map(flagSpec), ...argument];
  return `        ${name})
          _arguments \\
            ${specs.join(' \\\n            ')}
          ;;`;
}

/** One spelling of a flag excludes the others, unless the flag may be repeated. */
function flagSpec({ names, description, takes, repeatable }: FlagWords): string {
  const explained = `[${description.replace(/[[\]\\]/g, '\\$&')}]`;
  const value = takes === undefined ? '' : `:value:${actionOf(takes)}`;
  const front = repeatable ? '*' : `(${names.join(' ')})`;
  return names.map((flag) => quote(front + flag + explained + value)).join(' ');
}

function actionOf(takes: Takes): string {
  if (takes === 'text') return ' ';
  if (takes === 'files') return '_files';
  return takes === 'folders' ? '_files -/' : `(${takes.join(' ')})`;
}
