import { describe, expect, it } from 'vitest';
import { emit } from '../../src/emit/emit.js';
import { manifestOf } from '../../src/emit/manifest.js';
import { samplePlan } from './sample.js';

describe('manifestOf', () => {
  it('demands what a fresh package.json says', async () => {
    const plan = {
      ...samplePlan(),
      command: ['generate', '--url', 'a b.yaml', '--include', 'tag:$x'],
    };
    const file = (await emit(plan)).find(({ path }) => path === 'package.json');
    const { scripts, dependencies } = JSON.parse(file?.content ?? '') as {
      scripts: Record<string, string>;
      dependencies: Record<string, string>;
    };
    expect(Object.keys(dependencies).length).toBeGreaterThan(2);
    expect(await manifestOf(plan.command)).toEqual({ generate: scripts['generate'], dependencies });
  });
});
