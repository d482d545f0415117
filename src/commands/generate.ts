import { Option, type Command } from 'commander';
import {
  addFormatFlag,
  addPlanFlags,
  addRevokingFlags,
  addSourceFlags,
  fromHome,
  refuseTwoFormats,
  type Run,
} from '../project/flags.js';
import { generateCommand, type GenerateCommandFlags } from '../project/generate.js';

const examples = `
Examples:
  $ openapi-to-mcp generate --url openapi.yaml --oauth-server https://auth.example.com
  $ openapi-to-mcp generate -u https://api.example.com/openapi.json -o notes --auth none
  $ openapi-to-mcp generate -u openapi.yaml --include tag:notes --exclude 'DELETE /**'
  $ openapi-to-mcp generate -o notes           # again, from the current document
  $ openapi-to-mcp generate -o notes --check   # what would change?
`;

/** Adds `generate`. */
export function addGenerate(program: Command, run: Run): void {
  const command = addSourceFlags(
    program
      .command('generate')
      .description('generate a project, or regenerate the one in this folder'),
  ).option(
    '-o, --output <dir>',
    'the output folder (default: the project around this folder, else ./<name>-mcp-server)',
    fromHome,
  );
  addFormatFlag(addRevokingFlags(addPlanFlags(command)), ['text', 'markdown', 'json'])
    .addOption(
      new Option(
        '--ci <service>',
        'write a workflow file that regenerates the project; an existing one is kept',
      ).choices(['github', 'gitlab']),
    )
    .option(
      '--check',
      'write nothing; show what would change; exit with 1 on a difference, 2 if it cannot be determined',
    )
    .option(
      '-f, --force',
      'overwrite hand-edited generated files; with --check: compare even without a lock',
    )
    .addHelpText('after', examples)
    .action((flags: GenerateCommandFlags) =>
      run((terminal) => {
        refuseTwoFormats(flags);
        return generateCommand(flags, terminal);
      }),
    );
}
