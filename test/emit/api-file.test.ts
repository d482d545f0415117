import { Project } from 'ts-morph';
import { describe, expect, it } from 'vitest';
import { writeApi } from '../../src/emit/api-file.js';
import { samplePlan, sampleTool } from './sample.js';

describe('the imports of api.ts', () => {
  it.each([
    [1, 'imported', 'at once'],
    [2000, 'imported', 'at once'],
    [2001, 'awaited', 'one after another'],
  ])('%d tools are %s %s', (count, how) => {
    const text = apiOf(count);
    expect(text.match(/^import \{ \w+ \} from "\.\/tools\//gm) ?? []).toHaveLength(
      how === 'imported' ? count : 0,
    );
    const awaited = /^const \{ (tool\d+) \} = await import\('\.\/tools\/tool-?\d+\.js'\);$/gm;
    const names = [...text.matchAll(awaited)].map(([, name]) => name);
    expect(names).toHaveLength(how === 'awaited' ? count : 0);
    expect(new Set(names).size).toBe(names.length);
  });
});

function apiOf(count: number): string {
  const file = new Project({ useInMemoryFileSystem: true }).createSourceFile('api.ts');
  const { api } = samplePlan(
    Array.from({ length: count }, (_, index) => sampleTool(`tool${index}`)),
  );
  writeApi(file, api);
  return file.getFullText();
}
