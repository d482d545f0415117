import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { estimateTokens, totalTokens } from '../../src/plan/tokens.js';
import { readProject } from '../../src/diff/read-project.js';
import { instructionsOf } from '../../templates/src/runtime/instructions.js';
import { listTool } from '../../templates/src/runtime/listing.js';
import { samplePlan, sampleTool } from '../emit/sample.js';

const tool = sampleTool('a');

const root = join(import.meta.dirname, '../../fixtures');
const fixtures = readdirSync(root).filter(
  (name) =>
    // Nobody writes such text as the hostile document has.
    name !== 'hostile' && existsSync(join(root, name, 'expected/src/generated/api.ts')),
);

describe('estimateTokens', () => {
  it.each(fixtures)('is within a tenth of what a tokenizer counts: %s', async (fixture) => {
    const api = await readProject(join(root, fixture, 'expected'));
    const counted = api.tools.map((tool) => {
      const scopes = api.authentication === 'oauth2' ? api.scopes[tool.name]?.flat() : undefined;
      return countTokens(JSON.stringify(listTool(tool, scopes && [...new Set(scopes)])));
    });
    const real = counted.reduce((sum, tokens) => sum + tokens, countTokens(instructionsOf(api)));
    expect(totalTokens(api) / real).toBeGreaterThan(0.9);
    expect(totalTokens(api) / real).toBeLessThan(1.1);
  });

  it('counts scopes only where they are listed, and requests never', () => {
    const { api } = samplePlan([tool], { authentication: 'none' });
    const more = { ...tool, request: { method: 'GET', path: '/'.repeat(1000) } };
    expect(estimateTokens(api, more)).toBe(estimateTokens(api, tool));
    expect(estimateTokens(samplePlan([tool]).api, tool)).toBeGreaterThan(estimateTokens(api, tool));
  });
});
