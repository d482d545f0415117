import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/load/document.js';
import { costOf } from '../../src/plan/tools/tool-cost.js';
import { listingWarnings } from '../../src/print/budget.js';
import { samplePlan, sampleTool } from '../emit/sample.js';

const members = (count: number): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, { type: 'string' }]));

function withInput(properties: JsonObject) {
  return sampleTool('a', { inputSchema: { type: 'object', properties } });
}

describe('the reason why a tool is expensive', () => {
  test.each([
    [
      'its description',
      sampleTool('a', { description: 'x'.repeat(900) }),
      'a description of 900 characters',
    ],
    [
      'texts',
      withInput({ a: { description: 'y'.repeat(1200) } }),
      'descriptions of arguments, 1,200 characters',
    ],
    [
      'values',
      withInput({ a: { enum: Array.from({ length: 99 }, (_, n) => `v${n}`) } }),
      'lists of values, 585 characters',
    ],
    ['examples', withInput({ a: { examples: ['z'.repeat(500)] } }), 'examples, 504 characters'],
    [
      'members',
      withInput({ body: { type: 'object', properties: members(153) } }),
      '154 members of its arguments',
    ],
    [
      'the schema of its answers',
      sampleTool('a', { outputSchema: { type: 'object', properties: members(90) } }),
      'its output schema, 2,182 characters',
    ],
  ])('%s', (_, tool, reason) => {
    expect(costOf(tool)).toBe(reason);
  });
});

describe('a warning of many tokens', () => {
  const tools = Array.from({ length: 60 }, (_, index) =>
    sampleTool(`tool_${index}`, { description: 'word '.repeat(1000 + index) }),
  );

  test('names the ten most expensive tools, each with its reason', () => {
    const [warning, ...others] = listingWarnings(samplePlan(tools));
    expect(others).toEqual([]);
    expect(warning).toMatchObject({ code: 'MANY_TOKENS' });
    const named = warning?.message.match(
      /tool_\d+ [\d,]+ \(a description of 5,\d{3} characters\)/g,
    );
    expect(named).toHaveLength(10);
    expect(named?.[0]).toContain('tool_59 ');
    expect(named?.[9]).toContain('tool_50 ');
  });

  test('counts the instructions, and names them if they cost most', () => {
    const small = Array.from({ length: 400 }, (_, index) =>
      sampleTool(`small_${index}`, { description: 'word '.repeat(150) }),
    );
    const plan = samplePlan(small, { description: 'Word and word. '.repeat(2000) });
    const warning = listingWarnings(plan).find(({ code }) => code === 'MANY_TOKENS');
    expect(warning?.message).toMatch(/tokens\. The most expensive: The instructions \d{3} \(/);
  });
});
