import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { InputError, type Problem } from '../errors.js';
import { isObject, object, text, type Json } from '../json.js';
import type { Environment } from '../print/terminal.js';
import { addPlanFlags, addSourceFlags, type GivenFlags } from './flags.js';

/** The `generate` script of a project; its options are in the lock. */
export const generateScript = 'openapi-to-mcp generate';

/** The package.json of a project, or undefined when there is none that can be read. */
export async function readManifest(directory: string): Promise<Record<string, Json> | undefined> {
  try {
    const value = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The `generate` script of a project when it has options of its own, as older versions wrote it. */
export function olderScript(manifest: Record<string, Json> | undefined): string | undefined {
  const script = text(object(manifest?.['scripts'])['generate']);
  return script?.startsWith(`${generateScript} `) === true ? script : undefined;
}

/**
 * The flags without those of an older `generate` script, when npm runs that: what the script repeats was decided once,
 * and the lock may record a newer decision. What follows `npm run generate --` counts.
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

/** What was given besides what the script says; a list begins with what the script says. */
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

/** That a script has options, and the exact edit. */
export function olderScriptProblem(script: string): Problem {
  return {
    code: 'KEPT_GENERATE_SCRIPT',
    place: 'package.json',
    message: `Its "generate" script has options, which no longer count: those in the lock do.`,
    remedy: `Replace the line\n  "generate": ${JSON.stringify(script)}\nwith\n  "generate": ${JSON.stringify(generateScript)}`,
  };
}
