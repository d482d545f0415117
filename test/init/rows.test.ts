import { describe, expect, it } from 'vitest';
import { formatRows } from '../../src/commands/init/pick.js';

describe('rows to pick from', () => {
  it('have aligned numbers, and are plain lines', () => {
    expect(
      formatRows(
        [
          ['a\nb', '9 tools'],
          ['long\u001b[2J', '10 tools'],
        ],
        40,
      ),
    ).toEqual(['a b        9 tools', 'long\uFFFD[2J  10 tools']);
  });

  it('truncate names to the width', () => {
    const [row = ''] = formatRows([['n'.repeat(50), '1 tool', '2 tokens']], 40);
    expect(row).toBe(`${'n'.repeat(21)}…  1 tool  2 tokens`);
    expect(row).toHaveLength(40);
  });

  it('keep a part of the names if there is little room', () => {
    expect(formatRows([['n'.repeat(50), '1 tool']], 5)).toEqual(['nnnnnnn…  1 tool']);
  });
});
