import { shellQuote } from '../emit/quote.js';
import { authenticationOf } from '../plan/options.js';
import { printable } from '../print/terminal.js';
import { revocable, type GenerateFlags } from './flags.js';

/** One option of a project that a run decides differently than the lock recorded. */
export interface ReplacedOption {
  /** As on the command line: `--include`. */
  readonly flag: string;
  /** What no longer holds. */
  readonly before: readonly string[];
  /** What holds in its place; empty: nothing. */
  readonly after: readonly string[];
}

const compared = ['url', 'oauthServer', 'scopes', 'tools', 'outputSchemas', ...revocable] as const;

/** What a run gives up or replaces of the options that its project recorded; what it only adds is not among it. */
export function replacedOptions(recorded: GenerateFlags, flags: GenerateFlags): ReplacedOption[] {
  return compared.flatMap((name) => {
    const [had, has] = [valuesOf(recorded, name), valuesOf(flags, name)];
    const before = had.filter((value) => !has.includes(value));
    const after = has.filter((value) => !had.includes(value));
    return before.length === 0 ? [] : [{ flag: toFlag(name), before, after }];
  });
}

/** The same as lines, the loss of authentication first. */
export function formatReplaced(recorded: GenerateFlags, flags: GenerateFlags): string[] {
  const isOpened = authenticationOf(recorded) === 'oauth2' && authenticationOf(flags) === 'none';
  const lines = replacedOptions(recorded, flags).map(({ flag, before, after }) =>
    after.length === 0
      ? `Given up: ${list(flag, before)}.`
      : `Replaced: ${list(flag, before)}; now ${list(flag, after)}.`,
  );
  return [
    ...(isOpened ? ['Given up: authentication. The server asks for no token.'] : []),
    ...lines,
  ];
}

function valuesOf(flags: GenerateFlags, name: (typeof compared)[number]): readonly string[] {
  return [flags[name] ?? []].flat();
}

function list(flag: string, values: readonly string[]): string {
  return values.map((value) => printable(`${flag} ${shellQuote(value)}`)).join(' ');
}

function toFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
