import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockPath } from '../../lock/lock.js';
import { generateCommand } from '../../project/generate.js';
import type { GenerateFlags } from '../../project/flags.js';
import type { Terminal } from '../../print/terminal.js';
import { askCallers } from './ask-callers.js';
import { askDocument } from './ask-document.js';
import { askMode, askOperations } from './ask-operations.js';
import { askOutput, askResourceUrl } from './ask-places.js';
import { askBaseUrl, askUpstream } from './ask-upstream.js';
import type { Asker } from './asker.js';
import { formatCommand, generateWords } from './command-line.js';
import { finish, type RunDev } from './finish.js';

/**
 * Asks for everything that flags do not specify, and generates. Resolves to the exit status. @throws Cancelled,
 * InputError
 */
export async function wizard(
  given: GenerateFlags,
  dev: RunDev,
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
  opened = await askOutput(opened, asker);
  const { draft, document, isLocal } = opened;
  const words = generateWords(document, draft, terminal.program);
  asker.say('step', 'The same command without questions:');
  terminal.remark(`\n${formatCommand(words)}\n`);
  if (!(await asker.confirm('Run it now?'))) {
    terminal.remark('\nNothing was written.\n');
    return 0;
  }
  terminal.remark('\n');
  const isUpdate = existsSync(join(draft.output ?? '.', lockPath));
  await generateCommand(draft, terminal, { withoutSteps: true, isLocal: isLocal === true });
  return finish(opened, { variables, dev, isUpdate }, asker, terminal);
}
