import { describe, expect, it } from 'vitest';
import { Environment } from '../../templates/src/runtime/environment.js';

/** What `read` makes of one variable, and what it complains of. */
function read<T>(value: string | undefined, ask: (env: Environment) => T) {
  const env = new Environment({ V: value });
  const result = ask(env);
  try {
    env.throwProblems();
  } catch (error) {
    return { result, problem: (error as Error).message };
  }
  return { result };
}

describe('a variable', () => {
  it.each(['', '  ', '\t\n', undefined])('counts as not set when it is %j', (value) => {
    expect(read(value, (env) => env.text('V'))).toEqual({ result: undefined });
    expect(read(value, (env) => env.list('V'))).toEqual({ result: undefined });
    expect(read(value, (env) => env.integer('V', 7, { min: 1, max: 9 }))).toEqual({ result: 7 });
    expect(read(value, (env) => env.boolean('V', true))).toEqual({ result: true });
    expect(read(value, (env) => env.oneOf('V', ['a', 'b']))).toEqual({ result: undefined });
  });

  it('is a text without the spaces around it', () => {
    expect(read(' a b\n', (env) => env.text('V'))).toEqual({ result: 'a b' });
  });

  it.each(['a b', 'a,b', ' a ,\n b ', 'a,,b'])('is a list when it is %j', (value) => {
    expect(read(value, (env) => env.list('V'))).toEqual({ result: ['a', 'b'] });
  });

  it('has a fault when any item of its list has one', () => {
    const rule = { fault: (item: string) => (item === 'b' ? 'has a b' : undefined), example: 'a' };
    expect(read('a b a', (env) => env.list('V', rule)).problem).toBe('V has a b, for example V=a');
    expect(read(',', (env) => env.list('V', rule)).problem).toMatch(/must name at least one/);
  });

  it.each([
    ['1', 1],
    ['9', 9],
    ['007', 7],
  ])('is a whole number when it is %j', (value, result) => {
    expect(read(value, (env) => env.integer('V', 5, { min: 1, max: 9 }))).toEqual({ result });
  });

  it.each(['0', '10', '-1', '1.5', '1e0', '0x1', '+1', 'one'])('is none when it is %j', (value) => {
    expect(read(value, (env) => env.integer('V', 5, { min: 1, max: 9 }))).toEqual({
      result: 5,
      problem: 'V must be a whole number from 1 to 9, for example V=5',
    });
  });

  it('is true or false, and nothing that only looks like it', () => {
    expect(read('true', (env) => env.boolean('V', false))).toEqual({ result: true });
    expect(read('false', (env) => env.boolean('V', true))).toEqual({ result: false });
    for (const value of ['TRUE', '1', 'yes', 'no'])
      expect(read(value, (env) => env.boolean('V', false))).toEqual({
        result: false,
        problem: 'V must be true or false, for example V=true',
      });
  });

  it('is one of the words allowed, in full and in their case', () => {
    expect(read('tool', (env) => env.oneOf('V', ['http', 'tool']))).toEqual({ result: 'tool' });
    for (const value of ['too', 'Tool', 'tools'])
      expect(read(value, (env) => env.oneOf('V', ['http', 'tool'])).problem).toBe(
        'V must be one of http, tool, for example V=http',
      );
  });
});
