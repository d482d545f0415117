import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { InputError, type Problem } from '../errors.js';
import { isObject, object, parseJson, text, type JsonObject } from '../json.js';
import type { Environment } from '../print/terminal.js';
import { addPlanFlags, addSourceFlags, type GivenFlags } from './flags.js';

/** The `generate` script of a project; its options are in the lock. */
const generateScript = 'openapi-to-mcp generate';

/** The package.json of a project, or undefined when it does not exist or cannot be read. */
export async function readManifest(directory: string): Promise<JsonObject | undefined> {
  const content = await readFile(join(directory, 'package.json'), 'utf8').catch(() => '');
  const value = parseJson(content);
  return isObject(value) ? value : undefined;
}

/** The `generate` script of a project when it contains options, as older versions wrote it. */
export function olderScript(manifest: JsonObject | undefined): string | undefined {
  const script = text(object(manifest?.['scripts'])['generate']);
  return script?.startsWith(`${generateScript} `) === true ? script : undefined;
}

/**
 * The flags without those of an older `generate` script, when npm runs that script: its options may be older than those
 * in the lock. Options after `npm run generate --` count.
 */
export async function withoutScript(
  given: GivenFlags,
  directory: string,
  env: Environment,
): Promise<GivenFlags> {
  if (env['npm_lifecycle_event'] !== 'generate') return given;
  const script = olderScript(await readManifest(directory));
  if (script === undefined) return given;
  const scripted = new Map(Object.entries(parseFlags(script)));
  const own = Object.entries(given).map(([flag, value]): [string, unknown] => [
    flag,
    flag === 'output' ? value : without(value, scripted.get(flag)),
  ]);
  return Object.fromEntries(own.filter(([, value]) => value !== undefined));
}

/** The options given in addition to the script's; a list begins with the script's values. */
function without(value: unknown, scripted: unknown): unknown {
  if (!Array.isArray(value) || !Array.isArray(scripted))
    return value === scripted ? undefined : value;
  const rest: unknown[] = value.slice(scripted.length);
  return rest.length === 0 ? undefined : rest;
}

/** @throws InputError when the script is more than one plain command */
function parseFlags(script: string): GivenFlags {
  const command = addPlanFlags(addSourceFlags(new Command('generate')))
    .option('-o, --output <dir>')
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  try {
    return command.parse(splitWords(script).slice(2), { from: 'user' }).opts();
  } catch {
    throw new InputError(olderScriptProblem(script));
  }
}

/** The words of a plain command line, as a POSIX shell splits and unquotes them. */
function splitWords(script: string): string[] {
  const words = script.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replace(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
      (_, double?: string, single?: string, escaped?: string) =>
        double?.replace(/\\(["\\$`])/g, '$1') ?? single ?? escaped ?? '',
    ),
  );
}

/** Warns that a script has options, and names the exact edit. */
export function olderScriptProblem(script: string): Problem {
  return {
    code: 'KEPT_GENERATE_SCRIPT',
    place: 'package.json',
    message: `The options in the "generate" script are ignored: the lock records them now.`,
    remedy: `Replace the line\n  "generate": ${JSON.stringify(script)}\nwith\n  "generate": ${JSON.stringify(generateScript)}`,
  };
}
