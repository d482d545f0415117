import { homedir } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { InputError, type Problem } from '../errors.js';
import type { GenerateOptions } from '../generate.js';
import { flagKinds } from '../lock/flags.js';
import type { Terminal } from '../print/terminal.js';

/** Runs a command and keeps its exit status. */
export type Run = (command: (terminal: Terminal) => Promise<number>) => Promise<void>;

/** The flags for the source and the plan; the names are commander's. */
export interface SourceFlags extends Omit<
  GenerateOptions,
  'url' | 'headers' | 'overlays' | 'onProgress'
> {
  readonly url?: string;
  readonly header?: readonly string[];
  readonly overlay?: readonly string[];
  /** Treat warnings as errors. */
  readonly strict?: boolean;
}

/** The flags of `generate`. */
export interface GenerateFlags extends SourceFlags {
  readonly check?: boolean;
  readonly force?: boolean;
}

/** Recorded options that can be dropped with `--no-<option>`. */
export const revocable = [
  'overlay',
  'include',
  'exclude',
  'readOnly',
  'pin',
  'name',
  'baseUrl',
  'resourceUrl',
  'icon',
] as const satisfies readonly (keyof SourceFlags)[];

type Revocable = (typeof revocable)[number];

/** Flags as given on the command line; `false` drops the option recorded in the project's lock. */
export type GivenFlags = Omit<GenerateFlags, Revocable> & {
  readonly [Name in Revocable]?: GenerateFlags[Name] | false;
};

/** The flags as options of `generate`. @throws InputError */
export function toOptions(
  { url, header = [], overlay = [], strict: _, ...flags }: SourceFlags,
  terminal: Terminal,
): GenerateOptions {
  if (url === undefined) throw missingUrl();
  return {
    ...flags,
    url,
    headers: Object.fromEntries(header.map(parseHeader)),
    overlays: overlay.map(fromHome),
    onProgress: terminal.progress,
  };
}

/** Expands `~`, which a shell does not do in quotes or in `--output=~/x`, and which prompts get as it was typed. */
export function fromHome(path: string): string {
  return path.replace(/^~(?=[/\\]|$)/, () => homedir());
}

/** Adds the flags of every command: the document, and the format of the result. */
export function addSourceFlags(command: Command): Command {
  return command
    .option(
      '-u, --url <file or URL>',
      'the OpenAPI document: JSON or YAML, 2.0, 3.0, 3.1, 3.2',
      fromHome,
    )
    .option(
      '--header <"Name: value">',
      'send this header when fetching the document; repeatable',
      collect,
    )
    .option('--overlay <file or URL>', 'an OpenAPI Overlay to apply to it; repeatable', collect)
    .option('--allow-private', 'allow $refs and redirects to private addresses')
    .option('--strict', 'treat warnings as errors')
    .option('--json', 'print a machine-readable result');
}

/** With `--strict`, warnings are failures. @throws InputError */
export function failOnWarnings(
  { strict }: Pick<SourceFlags, 'strict'>,
  warnings: readonly Problem[],
): void {
  if (strict === true && warnings.length > 0) throw new InputError(warnings);
}

/** `--read-only` and its help, for every command that chooses operations. */
export const readOnlyFlag = ['--read-only', 'only operations that read (readOnlyHint)'] as const;

/** Adds the flags that decide the tools and their protection. */
export function addPlanFlags(command: Command): Command {
  return command
    .option('-n, --name <name>', "the server's name (default: from info.title)")
    .addOption(
      new Option(
        '--auth <kind>',
        'how callers authenticate (default: oauth2 with --oauth-server, else none)',
      ).choices(flagKinds.auth),
    )
    .option('--oauth-server <issuer>', "the authorization server's issuer URL")
    .option('--resource-url <url>', "this server's public URL (default of MCP_RESOURCE_URL)")
    .option('-b, --base-url <url>', "the upstream API (default: the document's first server)")
    .option('--icon <url>', "an icon for clients to show (default: the document's x-logo)")
    .addOption(
      new Option('--scopes <source>', 'the source of the scope map (default: spec)').choices(
        flagKinds.scopes,
      ),
    )
    .addOption(
      new Option(
        '--tools <mode>',
        'one tool per operation, or three tools that find and call them (default: all)',
      ).choices(flagKinds.tools),
    )
    .option(
      '--pin <pattern>',
      'with --tools search, also list these operations as tools; repeatable',
      collect,
    )
    .option(
      '--include <pattern>',
      'only these operations: tag:NAME, deprecated, "METHOD /path/glob" or an operationId glob; repeatable',
      collect,
    )
    .option('--exclude <pattern>', 'skip these operations; repeatable', collect)
    .option(...readOnlyFlag)
    .addOption(
      new Option('--output-schemas [which]', 'include the schemas of responses (default: none)')
        .choices(flagKinds['output-schemas'])
        .preset('all'),
    )
    .addOption(
      new Option(
        '--target <platform>',
        'the platform: Node, or Cloudflare Workers (default: node)',
      ).choices(flagKinds.target),
    );
}

/** Adds the flags that drop a recorded option; after the options themselves. */
export function addRevokingFlags(command: Command): Command {
  for (const name of revocable.map(toKebabCase))
    command.addOption(new Option(`--no-${name}`).hideHelp());
  return command.addHelpText('after', revoking);
}

const revoking = `
In a project, the options recorded in its lock apply unless a flag replaces
them. A repeatable flag replaces its whole list. --no-overlay, --no-include,
--no-exclude, --no-read-only, --no-pin, --no-name, --no-base-url,
--no-resource-url and --no-icon drop an option, and --auth none drops the
authentication.
`;

/** `read-only` for `readOnly`: the name of an option on the command line. */
export function toKebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Adds the flags for the format of `diff`, and for the changes it fails on. */
export function addDiffFlags(command: Command): Command {
  return addFormatFlag(command, ['text', 'markdown', 'html', 'json']).addOption(
    new Option(
      '--fail-on <severity>',
      'exit with 1 on such a change: breaking, security, any; repeatable',
    ).argParser(collectSeverities),
  );
}

/** Adds the format of a result. `--json` is short for one of them: `refuseTwoFormats`. */
export function addFormatFlag(command: Command, formats: readonly string[]): Command {
  return command.addOption(
    new Option('--format <form>', 'format of the result (default: text)').choices(formats),
  );
}

/** @throws InputError when `--json` and `--format` disagree */
export function refuseTwoFormats(flags: {
  readonly json?: boolean | undefined;
  readonly format?: string | undefined;
}): void {
  const { json, format } = flags;
  if (json !== true || format === undefined || format === 'json') return;
  throw new InputError({
    code: 'CONFLICTING_OPTIONS',
    message: '--json and --format ask for different formats.',
    place: '--format',
    remedy: 'Remove one of them.',
  });
}

function collectSeverities(value: string, previous: readonly string[] | undefined): string[] {
  if (!['breaking', 'security', 'any'].includes(value))
    throw new InvalidArgumentError('Allowed choices are breaking, security, any.');
  return collect(value, previous);
}

/** Keeps every value of a repeatable flag. */
export function collect(value: string, previous: readonly string[] | false = []): string[] {
  return [...(previous || []), value];
}

/** Whether each value of an option counts, instead of the last one. */
export function isRepeatable({ parseArg }: Option): boolean {
  return parseArg === collect || parseArg === collectSeverities;
}

function parseHeader(header: string): [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\r\n\0]*)$/.exec(header) ?? [];
  if (name === undefined || value === undefined) throw invalidHeader();
  return [name, value];
}

/** Commander would check required options before it checks for misspelt ones. */
function missingUrl(): InputError {
  return new InputError({
    code: 'MISSING_OPTION',
    message: 'No document was given.',
    place: '--url',
    remedy: 'Pass one with --url <file or URL>.',
  });
}

/** A header may be a secret, so it is not repeated. */
function invalidHeader(): InputError {
  return new InputError({
    code: 'INVALID_HEADER',
    message: 'Not a valid header.',
    place: '--header',
    remedy: "Write it as 'Name: value'.",
  });
}

/** The value of a flag that names a port. */
export function toPort(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('A port is a number from 1 to 65535.');
  return port;
}
