import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, listFixtures, render, root, type Fixture } from '../test/support/fixtures.js';

// Rewrites the expected output of fixtures/. Read the difference before you commit it.
process.chdir(root);
for (const fixture of listFixtures()) await rewrite(fixture);

async function rewrite(fixture: Fixture): Promise<void> {
  if (fixture.fails) {
    const { stderr } = await fail(fixture, join(root, 'fixtures', 'never-written'));
    writeFileSync(join(fixture.folder, 'stderr.txt'), stderr);
    return;
  }
  const { files } = await render(fixture);
  for (const stale of ['expected', 'warnings.txt'])
    rmSync(join(fixture.folder, stale), { recursive: true, force: true });
  for (const [path, content] of files) {
    mkdirSync(dirname(join(fixture.folder, path)), { recursive: true });
    writeFileSync(join(fixture.folder, path), content);
  }
}
