import { isCancel, password, text } from '@clack/prompts';
import { neededCredentials } from '../emit/credentials-view.js';
import { codeOf, InputError } from '../errors.js';
import type { Plan } from '../plan/types.js';
import { printable, type Terminal } from '../print/terminal.js';
import type { Values } from './dotenv.js';
import { readGiven } from './given.js';

/** A variable that the server cannot call its API without. */
export interface Wanted {
  readonly variable: string;
  /** What the question calls it. */
  readonly label: string;
  readonly hidden: boolean;
}

const labels: Readonly<Record<string, string>> = {
  UPSTREAM_BEARER_TOKEN: 'access token',
  UPSTREAM_USERNAME: 'user name',
  UPSTREAM_PASSWORD: 'password',
  UPSTREAM_CLIENT_ID: 'client ID',
  UPSTREAM_CLIENT_SECRET: 'client secret',
  UPSTREAM_TOKEN_URL: 'token URL',
  UPSTREAM_TOKEN_AUDIENCE: "audience of the API's tokens",
  UPSTREAM_CERT_FILE: 'client certificate (the path of a PEM file)',
  UPSTREAM_KEY_FILE: "certificate's key (the path of a PEM file)",
};

const open = [
  ...['UPSTREAM_USERNAME', 'UPSTREAM_CLIENT_ID', 'UPSTREAM_CERT_FILE', 'UPSTREAM_KEY_FILE'],
  ...['UPSTREAM_TOKEN_URL', 'UPSTREAM_TOKEN_AUDIENCE'],
];

/** The variables that must be set and are not in `.env` yet. */
export function wantedBy(plan: Plan, dotenv: Values): Wanted[] {
  return wantedOf(neededCredentials(plan), dotenv);
}

/** Of these variables, those that are not in `.env` yet. */
export function wantedOf(variables: readonly string[], dotenv: Values): Wanted[] {
  return variables
    .filter((variable) => !isSet(variable, dotenv))
    .map((variable) => ({
      variable,
      label: labels[variable] ?? 'API key',
      hidden: !open.includes(variable),
    }));
}

/** Whether a `.env` sets a variable, directly or with a file. */
export function isSet(variable: string, dotenv: Values): boolean {
  return (dotenv[variable] ?? dotenv[`${variable}_FILE`] ?? '') !== '';
}

/** Those of the wanted variables that are in the environment of this program. */
export function fromEnvironment(wanted: readonly Wanted[], { env }: Terminal): Values {
  return Object.fromEntries(
    wanted.flatMap(({ variable }) => {
      const value = env[variable]?.trim() ?? '';
      return value === '' ? [] : [[variable, value]];
    }),
  );
}

/** The single wanted secret, from a file or from stdin (`-`). @throws InputError */
export async function fromKeyFile(
  path: string,
  wanted: readonly Wanted[],
  terminal: Terminal,
): Promise<Values> {
  const [secret, ...others] = wanted.filter(({ hidden }) => hidden);
  if (secret === undefined || others.length > 0) throw severalSecrets(wanted);
  const content = await readGiven(path, terminal).catch((error: unknown) => {
    throw unreadable(path, `cannot be read: ${codeOf(error) ?? String(error)}`);
  });
  // As a server reads such a file: editors add a byte order mark and a final newline that are not part of the key.
  const key = content.replace(/^\ufeff|\r?\n$/g, '');
  if (key === '') throw unreadable(path, 'is empty');
  return { [secret.variable]: key };
}

/**
 * Asks for values at a terminal; secrets are not shown. An empty answer leaves the variable for later. Undefined when
 * the user cancelled or `signal` aborted.
 */
export async function askFor(
  title: string,
  wanted: readonly Wanted[],
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<Values | undefined> {
  const values: Record<string, string> = {};
  for (const { variable, label, hidden } of wanted) {
    terminal.remark('');
    const message = `${printable(title)}: ${label} (${variable}; empty: set it later)`;
    const common = {
      input: terminal.input,
      output: terminal.prompts,
      message,
      ...(signal && { signal }),
    };
    const answer = await (hidden ? password(common) : text(common));
    if (isCancel(answer)) return undefined;
    // clack returns undefined for an empty line.
    const value = ((answer as string | undefined) ?? '').trim();
    if (value !== '') values[variable] = value;
  }
  return values;
}

function severalSecrets(wanted: readonly Wanted[]): InputError {
  const names = wanted.map(({ variable }) => variable);
  return new InputError({
    code: 'INVALID_OPTION',
    message:
      names.length === 0
        ? 'The document requires no key.'
        : `The API needs more than one value: ${names.join(', ')}.`,
    place: '--key-file',
    remedy:
      names.length === 0
        ? 'Omit the option.'
        : `Set these variables in the environment of this command: ${names.join(', ')}.`,
  });
}

function unreadable(path: string, fault: string): InputError {
  return new InputError({
    code: 'UNREADABLE_KEY',
    message: `The file with the key ${fault}.`,
    place: path,
    remedy: 'Name a file that has the key and that you can read, or - for stdin.',
  });
}
