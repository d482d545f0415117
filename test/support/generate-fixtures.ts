/** A program: generates every fixture of a folder into another folder, in any directory and locale. */

import { join } from 'node:path';
import { main } from '../../src/cli.js';
import { inputOf, listFixtures } from './fixtures.js';

const [fixtures = '', output = ''] = process.argv.slice(2);

for (const fixture of listFixtures().filter(({ fails }) => !fails)) {
  const source = join(fixtures, inputOf(fixture).replace(/^fixtures/, ''));
  const flags = ['--url', source, '--output', join(output, fixture.name), ...fixture.args];
  process.exitCode ||= await main(['generate', ...flags], process);
}
