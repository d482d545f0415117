import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../test/support/fixtures.js';
import { withVariables } from '../test/support/variable-tables.js';

// Writes the table of the runtime's variables into the README.
const path = join(root, 'README.md');
writeFileSync(path, await withVariables(readFileSync(path, 'utf8')));
