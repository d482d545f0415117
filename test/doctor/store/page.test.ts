import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostNames, hosts } from '../../../src/commands/doctor/store/hosts.js';
import { rules } from '../../../src/commands/doctor/store/rules.js';
import { root } from '../../support/fixtures.js';

describe('docs/stores.md', () => {
  it('lists every rule and whose it is', () => {
    const page = readFileSync(join(root, 'docs/stores.md'), 'utf8');
    const [, table = ''] = page.split(/<!-- \/?rules -->/);
    const rows = table.split('\n').filter((line) => line.startsWith('| `'));
    const cells = rows.map((row) => row.split('|').map((cell) => cell.trim()));
    expect(cells.map(([, ...rest]) => rest.slice(0, 3))).toEqual(
      rules.map(({ id, sentence, hosts: of }) => [
        `\`${id}\``,
        sentence,
        hosts.flatMap((host) => (of[host] === undefined ? [] : hostNames[host])).join(', '),
      ]),
    );
  });
});
