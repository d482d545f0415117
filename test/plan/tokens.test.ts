import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { load } from '../../src/load/load.js';
import { plan } from '../../src/plan/plan.js';
import { estimateTokens, textTokens, totalTokens } from '../../src/plan/tools/tokens.js';
import type { Api } from '../../templates/src/runtime/api.js';
import { readProject } from '../../src/diff/read-project.js';
import { instructionsOf, listTool } from '../../templates/src/runtime/listing.js';
import { samplePlan, sampleTool } from '../emit/sample.js';

const tool = sampleTool('a');

const root = join(import.meta.dirname, '../../fixtures');
const fixtures = readdirSync(root).filter(
  (name) =>
    // These have texts that are not written by people.
    !['hostile', 'long-schema'].includes(name) &&
    existsSync(join(root, name, 'expected/src/generated/api.ts')),
);

/** The estimate as a fraction of the tokenizer's count. */
function shareOf(api: Api): number {
  const counted = api.tools.map((tool) => {
    const scopes = api.authentication === 'oauth2' ? api.scopes[tool.name]?.flat() : undefined;
    return countTokens(JSON.stringify(listTool(tool, scopes && [...new Set(scopes)])));
  });
  const instructions = countTokens(instructionsOf(api));
  return totalTokens(api) / counted.reduce((sum, tokens) => sum + tokens, instructions);
}

it('counts the pieces of ASCII alike, whether other characters follow or not', () => {
  const ascii = fc.string({
    unit: fc.constantFrom('a', 'B', '3', ' ', '.', '-', '\n', '\0'),
    maxLength: 60,
  });
  fc.assert(
    fc.property(ascii, (text) => {
      expect(textTokens(`${text} \u0436`)).toBe(textTokens(text) + 1);
    }),
    { numRuns: 2000 },
  );
});

const packages = join(import.meta.dirname, '../../node_modules');
const documents = [
  '@figma/rest-api-spec/openapi/openapi.yaml',
  ...['star-trek', 'petstore', 'uspto', 'readme-legacy', 'parameters-style', 'schema-types'].map(
    (name) => `@readme/oas-examples/3.0/json/${name}.json`,
  ),
];

describe('estimateTokens', () => {
  it.each(fixtures)('is within a tenth of a tokenizer’s count: %s', async (fixture) => {
    const api = await readProject(join(root, fixture, 'expected'));
    expect(Math.abs(shareOf(api) - 1)).toBeLessThan(0.1);
  });

  // The rest of the corpus has the same check in `npm run corpus`.
  it.each(documents)('is within a tenth of it: %s', async (file) => {
    const document = await load(join(packages, file), {});
    expect(Math.abs(shareOf(plan(document).api) - 1)).toBeLessThan(0.1);
  });

  it.each(fixtures)('counts definitions as a part of the whole: %s', async (fixture) => {
    const { tools, ...api } = await readProject(join(root, fixture, 'expected'));
    for (const tool of tools) {
      const whole = textTokens(JSON.stringify(listTool(tool)));
      expect(estimateTokens({ ...api, tools, authentication: 'none' }, tool)).toBe(whole);
    }
  });

  it('counts scopes only if they are listed, and never requests', () => {
    const { api } = samplePlan([tool], { authentication: 'none' });
    const more = { ...tool, request: { method: 'GET', path: '/'.repeat(1000) } };
    expect(estimateTokens(api, more)).toBe(estimateTokens(api, tool));
    expect(estimateTokens(samplePlan([tool]).api, tool)).toBeGreaterThan(estimateTokens(api, tool));
  });
});
