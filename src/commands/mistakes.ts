import type { Command, CommanderError, Option } from 'commander';
import { nearest } from '../../templates/src/runtime/nearest.js';
import { shellQuote } from '../emit/quote.js';
import type { Problem } from '../errors.js';
import { withoutCredentials } from '../load/read/location.js';

/** Commands and options, each with the names that other generators and their users have for it. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  generate: ['build', 'create', 'update'],
  validate: ['check', 'lint'],
  '--version': ['version', '-v'],
  '--url': ['-i', '--input', '--spec', '--file', '--source', '--openapi', '--document'],
  '--output': ['--dir', '--dest', '--destination', '--target-dir', '--output-dir'],
  '--base-url': ['--server', '--server-url', '--api-url', '--upstream'],
  '--oauth-server': ['--issuer', '--authorization-server'],
  '--check': ['--dry-run'],
  '--force': ['--overwrite'],
  '--include': ['--tag', '--tags', '--filter', '--operations'],
};

/** A command line that cannot be parsed, as a problem like every other one. */
export function mistakeIn(
  argv: readonly string[],
  { code, message }: CommanderError,
  program: Command | undefined,
): Problem {
  // The value of an option may be a secret, and a URL may contain a password.
  const text = message
    .replace(/^error: /, '')
    .replace(/^(unknown option '[^=]+)=.*/s, "$1'")
    .replace(/\/\/[^/@]*@/, '//');
  const [place] = /--[\w-]+/.exec(text) ?? [];
  return {
    code: code.replace('commander.', '').replace(/[A-Z]/g, '_$&').toUpperCase(),
    message: `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.?$/, '.')}`,
    ...(place !== undefined && { place }),
    remedy: remedyOf(code, text, argv, program),
  };
}

function remedyOf(
  code: string,
  message: string,
  [first = '']: readonly string[],
  program: Command | undefined,
): string {
  if (code === 'commander.excessArguments')
    return /'(generate|validate|inspect|init|diff)'/.test(message)
      ? 'Options need their names: pass the document with --url <file or URL>.'
      : 'Options need their names: see --help after the command.';
  // A document, as the only argument or as the value of an option, but no command.
  if (code === 'commander.unknownCommand' && /[./:\\]/.test(first))
    return `To generate a project from a document: openapi-to-mcp generate --url ${shellQuote(withoutCredentials(first))}`;
  if (optionsOf('generate', program).some(({ long, short }) => first === long || first === short))
    return 'Options come after a command: openapi-to-mcp generate --url <file or URL>';
  const meant =
    code === 'commander.invalidArgument'
      ? nearestChoice(message)
      : meantBy(/'([^']*)'/.exec(message)?.[1] ?? '', namesAfter(first, program));
  if (meant !== undefined) return `Did you mean ${meant}?`;
  return 'See openapi-to-mcp --help, or --help after a command.';
}

/** The options of a command, or else all commands. */
function namesAfter(first: string, program: Command | undefined): string[] {
  const options = optionsOf(first, program).flatMap(({ long }) => long ?? []);
  if (options.length > 0) return options;
  return [...(program?.commands.map((one) => one.name()) ?? []), '--version', '--help'];
}

function optionsOf(name: string, program: Command | undefined): readonly Option[] {
  return program?.commands.find((one) => one.name() === name)?.options ?? [];
}

function meantBy(word: string, names: readonly string[]): string | undefined {
  const longer = names.filter((name) => /^-*\w{3}/.test(word) && name.startsWith(word));
  const [shortest] = longer.sort((a, b) => a.length - b.length);
  return names.find((name) => synonyms[name]?.includes(word)) ?? shortest ?? nearest(word, names);
}

function nearestChoice(message: string): string | undefined {
  const [, value = '', choices = ''] =
    /'([^']*)' is invalid.*Allowed choices are (.+?)\.?$/.exec(message) ?? [];
  return nearest(value, choices.split(', '));
}
