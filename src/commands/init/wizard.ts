import { resolve } from 'node:path';
import { clientNames, clientOf, pasteOf } from '../../project/local-clients.js';
import { generateCommand } from '../../project/generate.js';
import type { GenerateFlags } from '../../project/flags.js';
import type { Terminal } from '../../print/terminal.js';
import { askCallers } from './ask-callers.js';
import { askDocument } from './ask-document.js';
import { askMode } from './ask-mode.js';
import { askOperations } from './ask-operations.js';
import { askOutput, askResourceUrl } from './ask-places.js';
import { askBaseUrl, askUpstream } from './ask-upstream.js';
import type { Asker } from './asker.js';
import { formatCommand, generateWords } from './command-line.js';
import { formatVariables, openVariables } from './upstream-choices.js';

/** Asks for whatever no flag has said, and generates. Resolves to the exit status. @throws Cancelled, InputError */
export async function wizard(
  given: GenerateFlags,
  asker: Asker,
  terminal: Terminal,
): Promise<number> {
  let opened = await askDocument(given, asker, terminal);
  opened = await askOperations(opened, asker);
  opened = await askMode(opened, asker);
  opened = await askCallers(opened, asker, terminal);
  opened = await askResourceUrl(opened, asker);
  const variables = await askUpstream(opened, asker);
  opened = await askBaseUrl(opened, asker);
  const { draft, document, plan, isLocal } = await askOutput(opened, asker);
  const words = generateWords(document, draft);
  asker.say('step', 'The same without questions:');
  terminal.remark(`\n${formatCommand(words)}\n`);
  if (!(await asker.confirm('Run it now?'))) {
    terminal.remark('\nNothing was written.\n');
    return 0;
  }
  terminal.remark('\n');
  const status = await generateCommand(draft, terminal);
  terminal.remark(formatVariables([...openVariables(plan), ...variables]));
  if (isLocal === true) terminal.remark(formatClients(plan.api.name, draft.output ?? '.'));
  return status;
}

/** How clients are told to start the server, once it is built. */
function formatClients(name: string, output: string): string {
  const args = [resolve(output, 'dist/main.js'), '--stdio'];
  const lines = clientNames.map((client) => {
    const { label } = clientOf(client);
    return `  ${label.padEnd(12)}${pasteOf(client, { name, command: 'node', args })}`;
  });
  return `\nOnce it is built, a client starts it. Paste a command, or a line into its configuration:\n${lines.join('\n')}\n`;
}
