import type { Command } from 'commander';
import { INTERRUPTED, type Terminal } from '../../print/terminal.js';
import {
  addPlanFlags,
  addSourceFlags,
  fromHome,
  type GenerateFlags,
  type Run,
} from '../../project/flags.js';
import type { RunDev } from './finish.js';

const examples = `
Examples:
  $ openapi-to-mcp init
  $ openapi-to-mcp init --url openapi.yaml
  $ openapi-to-mcp init --url openapi.yaml --auth none --json

Questions already answered by a flag are skipped. Without a terminal, none are
asked: pass --url, and --oauth-server or --auth.
`;

/** Adds `init`. */
export function addInit(program: Command, run: Run, dev: RunDev): void {
  addPlanFlags(
    addSourceFlags(
      program.command('init').description('ask a few questions and generate a project'),
    ).option('-o, --output <dir>', "the project's folder (default: ./<name>-mcp-server)", fromHome),
  )
    .option('-f, --force', 'overwrite hand-edited generated files')
    .addHelpText('after', examples)
    .action((flags: GenerateFlags) => run((terminal) => initCommand(flags, dev, terminal)));
}

/** Asks for everything that flags do not specify, shows the equivalent `generate` command, and runs it. */
async function initCommand(flags: GenerateFlags, dev: RunDev, terminal: Terminal): Promise<number> {
  // Loaded lazily: other commands do not need the wizard.
  const { unattended } = await import('./unattended.js');
  if (!terminal.interactive) return unattended(flags, terminal);
  const { Asker, Cancelled } = await import('./asker.js');
  const { wizard } = await import('./wizard.js');
  try {
    return await wizard(flags, dev, new Asker(terminal), terminal);
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    terminal.remark(`\nCancelled. ${error.message}\n`);
    return INTERRUPTED;
  }
}
