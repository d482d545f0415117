import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withExamples } from '../test/docs/custom-code.js';
import { blocksOf, commandsOf, pages, readPage } from '../test/docs/blocks.js';
import { matches, Stage, trimmed } from '../test/docs/transcript.js';
import { root } from '../test/support/fixtures.js';

// Writes the output of the commands in console blocks into the pages. A block that omits lines (`…`) is only reported:
// its author decides what it shows. The page on custom code comes from a project.
for (const page of pages) await rewrite(page);
const custom = 'docs/custom-code.md';
writeFileSync(join(root, custom), withExamples(readPage(custom)));

async function rewrite(page: string): Promise<void> {
  const before = readPage(page);
  const stage = await Stage.open();
  let after = before;
  for (const { language, comment, text } of blocksOf(before)) {
    if (language !== 'console' || comment.startsWith('not run: ')) continue;
    const parts: string[] = [];
    for (const { command, output } of commandsOf(text)) {
      const printed = await stage.run(command);
      const isKept = matches(output, printed) || /^…$/m.test(output);
      if (isKept && !matches(output, printed))
        console.error(`${page}: by hand: ${command}\n${printed}`);
      const shown = trimmed(isKept ? output : printed);
      parts.push(`$ ${command}\n${shown === '' ? '' : `${shown}\n`}`);
    }
    after = after.replace(`\`\`\`console\n${text}`, () => `\`\`\`console\n${parts.join('')}`);
  }
  await stage.close();
  if (after === before) return;
  writeFileSync(join(root, page), after);
  console.log(page);
}
