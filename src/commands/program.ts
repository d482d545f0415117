import { Command } from 'commander';
import type { Surroundings, Terminal } from '../terminal.js';
import { version } from '../version.js';
import { addCompletion } from './completion.js';
import { diffCommand, type DiffFlags } from './diff.js';
import {
  addDiffFlags,
  addPlanFlags,
  addSourceFlags,
  type GenerateFlags,
  type SourceFlags,
} from './flags.js';
import { generateCommand } from './generate.js';
import { addInit } from './init.js';
import { inspectCommand } from './inspect.js';
import { validateCommand } from './validate.js';

/** Runs a command, and keeps its exit status. */
export type Run = (command: (terminal: Terminal) => Promise<number>) => Promise<void>;

/** The command line: what there is to say, and which command it leads to. */
export function createProgram(streams: Surroundings, run: Run): Command {
  const program = new Command('openapi-to-mcp')
    .description('Generate an OAuth-protected MCP server from an OpenAPI document.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      // Printed by fail(), in the form of every other problem.
      outputError: () => undefined,
    });
  addInit(program, run);
  addPlanFlags(
    addSourceFlags(
      program.command('generate').description('write a server project; without --url, again'),
    ).option('-o, --output <dir>', 'where to (default: ./<name>-mcp-server)'),
  )
    .option(
      '--check',
      'write nothing; say what would change; exit 1 on a difference, 2 when there is no telling',
    )
    .option(
      '-f, --force',
      'overwrite hand-edited generated files; with --check: make all anew, whatever the lock says',
    )
    .action((flags: GenerateFlags) => run((terminal) => generateCommand(flags, terminal)));
  addSourceFlags(
    program.command('validate').description('say whether a document is fit to generate from'),
  ).action((flags: SourceFlags) => run((terminal) => validateCommand(flags, terminal)));
  addPlanFlags(
    addSourceFlags(program.command('inspect').description('print the tools as they would be')),
  ).action((flags: SourceFlags) => run((terminal) => inspectCommand(flags, terminal)));
  addDiffFlags(
    addPlanFlags(
      addSourceFlags(
        program
          .command('diff')
          .description(
            'say what a changed document means for a generated project; options that are not given are as they were',
          )
          .argument('[dir]', 'the project', '.'),
      ),
    ),
  ).action((directory: string, flags: DiffFlags) =>
    run((terminal) => diffCommand(directory, flags, terminal)),
  );
  addCompletion(program, run);
  return program;
}
