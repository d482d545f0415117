import { Command } from 'commander';
import type { Surroundings } from '../print/terminal.js';
import type { Run } from '../project/flags.js';
import { version } from '../package.js';
import { addCall } from './call/call.js';
import { addCompletion } from './completion/completion.js';
import { addDev } from './dev/dev.js';
import { addDiff } from './diff.js';
import { addDoctor } from './doctor/doctor.js';
import { addGenerate } from './generate.js';
import { addInit } from './init/init.js';
import { addInspect } from './inspect.js';
import { addValidate } from './validate.js';

const examples = `
Examples:
  $ openapi-to-mcp generate --url openapi.yaml --oauth-server https://auth.example.com
  $ openapi-to-mcp generate --help
`;

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
    })
    .addHelpText('after', examples);
  addInit(program, run);
  addGenerate(program, run);
  addValidate(program, run);
  addInspect(program, run);
  addDiff(program, run);
  addDev(program, run);
  addCall(program, run);
  addDoctor(program, run);
  addCompletion(program, run);
  return program;
}
