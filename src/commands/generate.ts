import { Option, type Command } from 'commander';
import {
  addPlanFlags,
  addRevokingFlags,
  addSourceFlags,
  type GivenFlags,
  type Run,
} from '../project/flags.js';
import { generateCommand } from '../project/generate.js';

const examples = `
Examples:
  $ openapi-to-mcp generate --url openapi.yaml --oauth-server https://auth.example.com
  $ openapi-to-mcp generate -u https://api.example.com/openapi.json -o notes --auth none
  $ openapi-to-mcp generate -u openapi.yaml --include tag:notes --exclude 'DELETE /**'
  $ openapi-to-mcp generate -o notes           # again, from the document as it is now
  $ openapi-to-mcp generate -o notes --check   # would that change anything?
`;

/** Adds `generate`. */
export function addGenerate(program: Command, run: Run): void {
  addRevokingFlags(
    addPlanFlags(
      addSourceFlags(
        program.command('generate').description('write a server project; without --url, again'),
      ).option(
        '-o, --output <dir>',
        'where to (default: the project around this folder, else ./<name>-mcp-server)',
      ),
    ),
  )
    .addOption(
      new Option(
        '--ci <service>',
        'write a workflow file that regenerates the project, once',
      ).choices(['github', 'gitlab']),
    )
    .option(
      '--check',
      'write nothing; say what would change; exit 1 on a difference, 2 when there is no telling',
    )
    .option(
      '-f, --force',
      'overwrite hand-edited generated files; with --check: compare without a lock too',
    )
    .addHelpText('after', examples)
    .action((flags: GivenFlags) => run((terminal) => generateCommand(flags, terminal)));
}
