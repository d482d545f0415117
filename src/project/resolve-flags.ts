import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, type Problem } from '../errors.js';
import { read, type GenerateOptions } from '../generate.js';
import type { Document } from '../load/document.js';
import { lockPath, type Lock } from '../lock/lock.js';
import { namesOf } from '../plan/info.js';
import type { Terminal } from '../print/terminal.js';
import { readLock } from '../write/write.js';
import { toOptions, type GenerateFlags, type GivenFlags, type SourceFlags } from './flags.js';
import { withoutScript } from './older-script.js';
import { enclosingProject } from './folders.js';
import { over, recordedOptions } from './recorded-options.js';

/** The subject of a run, once its project is known. */
export interface Resolved {
  readonly flags: GenerateFlags & { readonly url: string };
  readonly options: GenerateOptions;
  readonly directory: string;
  /** Undefined: there is no project yet, or its lock is unreadable and ignored because of --force. */
  readonly lock?: Lock;
  /** The recorded options of the lock, as flags. */
  readonly recorded?: GenerateFlags;
  /** The document, if it was needed to determine the folder; otherwise `documentOf` reads it. */
  readonly document?: Document;
}

/**
 * The flags of a run. Recorded options of the project's lock stay unless a flag replaces that one option, with or
 * without `--url`, for `generate`, `--check` and `diff` alike. The project is the one in `--output`, or the one around
 * the current folder, or the one in the default folder. @throws InputError
 */
export async function resolveFlags(given: GivenFlags, terminal: Terminal): Promise<Resolved> {
  const folder = given.output ?? enclosingProject();
  if (folder !== undefined) return resolveIn(folder, given, terminal);
  if (given.url === undefined) throw nothingToRepeat('.');
  const options = toOptions(over({}, given), terminal);
  const document = await read(options);
  const directory = `./${namesOf(document.openapi, options).projectName}`;
  const found = await resolveIn(directory, given, terminal);
  return found.lock === undefined ? { ...found, document } : found;
}

/** The document of a run. @throws InputError */
export async function documentOf({ document, options }: Resolved): Promise<Document> {
  try {
    return document ?? (await read(options));
  } catch (error) {
    throw error instanceof InputError ? recordedBy(error, options) : error;
  }
}

/** A place that is only in the lock is not to be corrected on the command line. */
function recordedBy({ problems }: InputError, { url, unnamed = [] }: GenerateOptions): InputError {
  const isRecorded = ({ code, place }: Problem) =>
    code === 'SOURCE_NOT_FOUND' && place === '--url' && unnamed.includes(url);
  const remedy = `Its place is recorded in ${lockPath}. If the document has moved, pass the new one with --url.`;
  return new InputError(
    problems.map((problem) => (isRecorded(problem) ? { ...problem, remedy } : problem)),
  );
}

async function resolveIn(
  directory: string,
  given: GivenFlags,
  terminal: Terminal,
): Promise<Resolved> {
  const lock = await lockOf(directory, given);
  if (lock === undefined) return withoutLock(directory, given, terminal);
  const own = await withoutScript(given, directory, terminal.env);
  const recorded = recordedOptions(lock, directory);
  if (own.header !== undefined && own.url === undefined) throw headerWithoutUrl();
  const flags = { url: recorded.url, ...over(recorded, own), output: directory };
  if ((flags.target ?? 'node') !== (recorded.target ?? 'node')) throw otherTarget(recorded);
  const unnamed = [
    ...(own.url === undefined ? [flags.url] : []),
    ...(own.overlay === undefined ? (flags.overlay ?? []) : []),
  ];
  const options = { ...toOptions(flags, terminal), unnamed };
  return { flags, options, directory, lock, recorded };
}

function withoutLock(directory: string, given: GivenFlags, terminal: Terminal): Resolved {
  const { url } = given;
  if (url === undefined) throw nothingToRepeat(directory);
  const isProject = existsSync(join(directory, 'src/generated/api.ts'));
  if (given.force === true && isProject) requireCallers(given);
  const flags = { ...over({}, given), url, output: directory };
  return { flags, options: toOptions(flags, terminal), directory };
}

/** Undefined when there is no lock, or an unreadable one is ignored because of --force. */
async function lockOf(directory: string, given: GivenFlags): Promise<Lock | undefined> {
  try {
    return await readLock(directory);
  } catch (error) {
    const isForced = given.force === true && given.url !== undefined;
    if (!(error instanceof InputError) || !isForced || !isAboutLock(error)) throw error;
    return undefined;
  }
}

function isAboutLock({ problems }: InputError): boolean {
  return problems.every(({ code }) => ['BROKEN_LOCK', 'NEWER_LOCK', 'OLD_LOCK'].includes(code));
}

/** Without its lock it is unknown whether a project requires tokens, so the command line has to decide. */
function requireCallers({ auth, oauthServer }: GivenFlags): void {
  if (auth !== undefined || oauthServer !== undefined) return;
  throw new InputError({
    code: 'LOST_OPTIONS',
    message: `The options of the project are unknown, because ${lockPath} cannot be read.`,
    place: '--force',
    remedy:
      'Restore the lock, or decide how callers authenticate: --oauth-server <issuer> or --auth none.',
  });
}

function headerWithoutUrl(): InputError {
  return new InputError({
    code: 'HEADER_WITHOUT_URL',
    message: `Headers are only sent to a server named on the command line, not to one from ${lockPath}.`,
    place: '--header',
    remedy: 'Pass the document as well: --url <URL>.',
  });
}

/** Most files of a platform belong to the user from the first run on. */
function otherTarget({ target = 'node' }: SourceFlags): InputError {
  return new InputError({
    code: 'OTHER_TARGET',
    message: `The target of the project is ${target}, and its existing files cannot be converted.`,
    place: '--target',
    remedy: 'Generate a separate project for another target: --output <dir>.',
  });
}

function nothingToRepeat(directory: string): InputError {
  return new InputError({
    code: 'MISSING_OPTION',
    message: `No document was given, and ${directory} has no ${lockPath} that names one.`,
    place: '--url',
    remedy:
      'Pass a document with --url <file or URL>, or run this in the folder of a project, which generate also takes as --output <dir>.',
  });
}
