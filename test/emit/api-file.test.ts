import { describe, expect, it } from 'vitest';
import { printApi } from '../../src/emit/api-file.js';
import { generatedFiles } from '../../src/emit/generated.js';
import { faultsOf } from './oracle.js';
import { samplePlan, sampleTool } from './sample.js';

describe('the imports of api.ts', () => {
  it.each([
    [1, 'imported', 'at once'],
    [2000, 'imported', 'at once'],
    [2001, 'awaited', 'one after another'],
  ])('%d tools are %s %s', (count, how) => {
    const text = printApi(planOf(count).api);
    expect(text.match(/^import \{ \w+ \} from '\.\/tools\//gm) ?? []).toHaveLength(
      how === 'imported' ? count : 0,
    );
    const awaited = /^const \{ (\w+) \} =\s+await import\('\.\/tools\/[\w-]+\.js'\);$/gm;
    const names = [...text.matchAll(awaited)].map(([, name]) => name);
    expect(names).toHaveLength(how === 'awaited' ? count : 0);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([1, 8, 40, 2001])('of %d tools have prettier’s format', async (count) => {
    const [api, scopes] = generatedFiles(planOf(count));
    expect(await faultsOf([api, scopes].filter((file) => file !== undefined))).toEqual([]);
  });
});

/** Tools with names of every allowed length. */
function planOf(count: number) {
  const names = Array.from({ length: count }, (_, index) =>
    `tool_${index}`.padEnd(5 + (index % 60), 'x'),
  );
  return samplePlan(names.sort().map((name) => sampleTool(name)));
}
