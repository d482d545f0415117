import { describe, expect, it } from 'vitest';
import { emit } from '../../src/emit/emit.js';
import { requiredDependencies } from '../../src/emit/view.js';
import { samplePlan } from './sample.js';

describe('requiredDependencies', () => {
  it('are those of a fresh package.json', async () => {
    const file = (await emit(samplePlan())).find(({ path }) => path === 'package.json');
    const { dependencies } = JSON.parse(file?.content ?? '') as {
      dependencies: Record<string, string>;
    };
    expect(Object.keys(dependencies).length).toBeGreaterThan(2);
    expect(await requiredDependencies()).toEqual(dependencies);
  });
});
