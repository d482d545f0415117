import { shellQuote } from '../emit/quote.js';
import { authenticationOf } from '../plan/options.js';
import { printable } from '../print/terminal.js';
import { revocable, toKebabCase, type GenerateFlags } from './flags.js';
import type { Resolved } from './resolve-flags.js';

/** One recorded option of a project that a run changes. */
interface ReplacedOption {
  /** As on the command line: `--include`. */
  readonly flag: string;
  /** The old value. */
  readonly before: readonly string[];
  /** The new value; empty: none. */
  readonly after: readonly string[];
}

const compared = ['url', 'oauthServer', 'scopes', 'tools', 'outputSchemas', ...revocable] as const;

type Run = Pick<Resolved, 'recorded' | 'flags'>;

/** The recorded options that a run drops or replaces; pure additions are not included. */
export function replacedOptions({ recorded = {}, flags }: Run): ReplacedOption[] {
  return compared.flatMap((name) => {
    const [had, has] = [valuesOf(recorded, name), valuesOf(flags, name)];
    const before = had.filter((value) => !has.includes(value));
    const after = has.filter((value) => !had.includes(value));
    return before.length === 0 ? [] : [{ flag: `--${toKebabCase(name)}`, before, after }];
  });
}

/** The same as lines; the loss of authentication and of `--read-only` first. */
export function formatReplaced(run: Run): string[] {
  const { recorded = {}, flags } = run;
  const isOpened = authenticationOf(recorded) === 'oauth2' && authenticationOf(flags) === 'none';
  const isWritable = recorded.readOnly === true && flags.readOnly !== true;
  const replaced = replacedOptions(run).filter(({ flag }) => flag !== '--read-only');
  const lines = replaced.map(({ flag, before, after }) =>
    after.length === 0
      ? `Dropped: ${list(flag, before)}.`
      : `Replaced: ${list(flag, before)}; now ${list(flag, after)}.`,
  );
  return [
    ...(isOpened ? ['Dropped: authentication. The server does not require a token.'] : []),
    ...(isWritable ? ['Dropped: --read-only. Operations that write become tools.'] : []),
    ...lines,
  ];
}

function valuesOf(flags: GenerateFlags, name: (typeof compared)[number]): readonly string[] {
  return [flags[name] ?? []].flat().map(String);
}

function list(flag: string, values: readonly string[]): string {
  return values.map((value) => printable(`${flag} ${shellQuote(value)}`)).join(' ');
}
