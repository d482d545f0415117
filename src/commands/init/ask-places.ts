import { readdir } from 'node:fs/promises';
import { lockPath } from '../../lock/lock.js';
import { fromHome } from '../../project/flags.js';
import type { Asker } from './asker.js';
import { amend, type Opened, optionFault } from './open.js';

/** Asks for the URL that clients will connect to. It is the audience of their tokens, so only OAuth needs it. */
export async function askResourceUrl(opened: Opened, asker: Asker): Promise<Opened> {
  const { draft, plan } = opened;
  if (draft.resourceUrl !== undefined || plan.api.authentication === 'none') return opened;
  const resourceUrl = await asker.line({
    message: 'Which public URL will clients connect to? (empty: this machine only, for now)',
    placeholder: 'https://mcp.example.com/mcp',
    fault: (value) => (value === '' ? undefined : optionFault({ resourceUrl: value })),
  });
  return resourceUrl === '' ? opened : amend(opened, { resourceUrl });
}

/** Asks for the project's folder, and reports what it already contains. */
export async function askOutput(opened: Opened, asker: Asker): Promise<Opened> {
  const output =
    opened.draft.output ??
    fromHome(
      await asker.line({
        message: 'Which folder should the project go into?',
        initial: `./${opened.plan.projectName}`,
        fault: (value) => (value === '' ? 'Enter a folder, or . for this one.' : undefined),
      }),
    );
  const found = await contents(output);
  if (found.includes(lockPath))
    asker.say('info', 'It contains a generated project, which will be updated.');
  else if (found.length > 0)
    asker.say('warn', 'It contains other files. They are kept; a conflict stops the run.');
  return { ...opened, draft: { ...opened.draft, output } };
}

/** Empty if the path is not a folder: the run reports that problem. */
async function contents(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
