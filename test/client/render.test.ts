import { describe, expect, it } from 'vitest';
import { toInputError } from '../../src/commands/call/problems.js';
import { resultText } from '../../src/commands/call/render.js';

const answer = (text: string) => ({ content: [{ type: 'text' as const, text }] });

describe('the text of an answer', () => {
  it('has JSON on several lines for a reader, with every digit of its numbers', () => {
    const text = '{"id":12345678901234567890,"tags":["a"]}';
    const lines = ['{', '  "id": 12345678901234567890,', '  "tags": [', '    "a"', '  ]', '}', ''];
    expect(resultText(answer(text), true)).toBe(lines.join('\n'));
    expect(resultText(answer(text))).toBe(`${text}\n`);
  });

  it.each(['[not JSON]', '{"cut": ', 'plain'])('is as it came where it is not JSON: %j', (text) => {
    expect(resultText(answer(text), true)).toBe(`${text}\n`);
  });
});

it('names the tool that was probably meant', () => {
  const server = 'https://mcp.example.com/mcp';
  const error = toInputError(new Error('x'), server, 'get_todos', 'get_todo');
  expect(error.problems[0]?.remedy).toMatch(/^Did you mean get_todo\? /);
});
