import { fromHome, type GenerateFlags } from '../../project/flags.js';
import { formatProblems } from '../../print/problems.js';
import { InputError, type Problem } from '../../errors.js';
import type { Terminal } from '../../print/terminal.js';
import type { Asker } from './asker.js';
import { describeDocument } from './found.js';
import { documentsIn } from './nearby.js';
import { open, type Opened } from './open.js';

/** Asks for the document until one can be used, and summarizes it. @throws InputError */
export async function askDocument(
  flags: GenerateFlags,
  asker: Asker,
  terminal: Terminal,
): Promise<Opened> {
  let url = flags.url ?? (await choose(await documentsIn('.'), asker));
  for (;;) {
    const opened = await tryOpen({ ...flags, url }, terminal);
    if (opened !== undefined) {
      asker.say('step', ...describeDocument(opened.document, opened.plan));
      return opened;
    }
    url = await askSource(asker, url);
  }
}

/** Offers the documents found in the folder, or another one. */
async function choose(found: readonly string[], asker: Asker): Promise<string> {
  const [first, ...others] = found;
  if (first === undefined) return askSource(asker);
  const { label, isOther } = await asker.choose('Which OpenAPI document?', [
    { label: first, isOther: false },
    ...others.map((label) => ({ label, isOther: false })),
    { label: 'Another file, or a URL', isOther: true },
  ]);
  return isOther ? askSource(asker) : label;
}

async function askSource(asker: Asker, initial?: string): Promise<string> {
  const source = await asker.line({
    message: 'Where is the OpenAPI document? (a file or a URL)',
    placeholder: './openapi.yaml',
    ...(initial !== undefined && { initial }),
    fault: (value) => (value === '' ? 'Enter a file or a URL.' : undefined),
  });
  return fromHome(source);
}

/** Undefined, once its problems are shown, if the document cannot be used. */
async function tryOpen(draft: Opened['draft'], terminal: Terminal): Promise<Opened | undefined> {
  try {
    return await open(draft, terminal);
  } catch (error) {
    if (!(error instanceof InputError) || error.problems.some(isOfAnotherFlag)) throw error;
    terminal.remark(`\n${formatProblems(error.problems, terminal)}`);
    return undefined;
  }
}

/** Whether a problem is not about the document, so that choosing another document would not fix it. */
function isOfAnotherFlag({ place }: Problem): boolean {
  return place?.startsWith('--') === true && place !== '--url';
}
