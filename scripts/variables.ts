import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../test/support/fixtures.js';
import { configurationPage, withVariables } from '../test/support/variable-tables.js';

// Writes the table of the runtime's variables into their page.
const path = join(root, configurationPage);
writeFileSync(path, await withVariables(readFileSync(path, 'utf8')));
