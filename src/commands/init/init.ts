import type { Command } from 'commander';
import type { Terminal } from '../../print/terminal.js';
import { addPlanFlags, addSourceFlags, type GenerateFlags, type Run } from '../../project/flags.js';
import type { RunDev } from './finish.js';

/** What a shell says of a program that Ctrl-C has ended: 128 and the number of SIGINT. */
const interrupted = 130;

const examples = `
Examples:
  $ openapi-to-mcp init
  $ openapi-to-mcp init --url openapi.yaml
  $ openapi-to-mcp init --url openapi.yaml --auth none --json

What a flag says is not asked. Without a terminal nothing is asked: --url and
one of --oauth-server and --auth are needed then.
`;

/** Adds `init`. */
export function addInit(program: Command, run: Run, dev: RunDev): void {
  addPlanFlags(
    addSourceFlags(
      program.command('init').description('ask a few questions and generate a project'),
    ).option('-o, --output <dir>', 'where to (default: ./<name>-mcp-server)'),
  )
    .option('-f, --force', 'overwrite hand-edited generated files')
    .addHelpText('after', examples)
    .action((flags: GenerateFlags) => run((terminal) => initCommand(flags, dev, terminal)));
}

/** Asks for what the flags do not say, shows the `generate` command that it comes to, and runs that. */
export async function initCommand(
  flags: GenerateFlags,
  dev: RunDev,
  terminal: Terminal,
): Promise<number> {
  // Other commands do not wait for what only this one needs to be loaded.
  const { unattended } = await import('./unattended.js');
  if (!terminal.interactive) return unattended(flags, terminal);
  const { Asker, Cancelled } = await import('./asker.js');
  const { wizard } = await import('./wizard.js');
  try {
    return await wizard(flags, dev, new Asker(terminal), terminal);
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    terminal.remark(`\nCancelled. ${error.message}\n`);
    return interrupted;
  }
}
