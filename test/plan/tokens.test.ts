import { describe, expect, it } from 'vitest';
import { estimateTokens } from '../../src/plan/tokens.js';
import { samplePlan, sampleTool } from '../emit/sample.js';

const tool = sampleTool('a');

describe('estimateTokens', () => {
  it('is a quarter of the characters of the tool as it is listed', () => {
    const { name, title, description, inputSchema, annotations } = tool;
    const listed = {
      name,
      title,
      description,
      inputSchema,
      annotations,
      _meta: { securitySchemes: [{ type: 'oauth2', scopes: ['x', 'y'] }] },
    };
    const { api } = samplePlan([tool], { scopes: { a: [['x'], ['y', 'x']] } });
    expect(estimateTokens(api, tool)).toBe(Math.ceil(JSON.stringify(listed).length / 4));
  });

  it('counts scopes only where they are listed, and requests never', () => {
    const { api } = samplePlan([tool], { authentication: 'none' });
    const more = { ...tool, request: { method: 'GET', path: '/'.repeat(1000) } };
    expect(estimateTokens(api, more)).toBe(estimateTokens(api, tool));
    expect(estimateTokens(samplePlan([tool]).api, tool)).toBeGreaterThan(estimateTokens(api, tool));
  });
});
