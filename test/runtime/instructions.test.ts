import { describe, expect, it } from 'vitest';
import { instructionsOf } from '../../templates/src/runtime/listing.js';
import { sampleTool } from '../emit/sample.js';

const at = (path: string) => ({ ...sampleTool('a'), request: { method: 'GET', path } });
const tools = [at('/v1/pets/{id}'), at('/owners?kind=all'), at('/pets')];
const about = (description: string, title = 'Zoo') => instructionsOf({ title, description, tools });

const sentence = 'Every animal has a keeper, a cage and a name that children give it. ';

describe('the instructions of a server', () => {
  it('describe the API and the purpose of its tools', () => {
    expect(about('Keeps animals.')).toBe('Keeps animals.\n\nTools of Zoo, for: owners, pets.');
    expect(about('')).toBe('Tools of Zoo, for: owners, pets.');
  });

  it('begin with a text, not with a heading', () => {
    expect(about('# Introduction\n\nKeeps animals.\n\nMore.')).toBe(
      'Keeps animals.\n\nTools of Zoo, for: owners, pets.\n\nMore.',
    );
  });

  it.each([1, 4, 5, 40, 400])('explain themselves in 512 characters: %d sentences', (count) => {
    const text = about(sentence.repeat(count).trim(), 'A title that is long. '.repeat(9));
    const start = text.slice(0, 512);
    expect(start).toMatch(/\nTools of A title .*, for: owners, pets\./);
    expect(start).toMatch(/^Every animal .*\.\n\nTools of /);
    expect(text.length).toBeLessThanOrEqual(2000);
  });

  it('list as many resources as fit', () => {
    const many = Array.from({ length: 90 }, (_, index) => at(`/resource-${index}`));
    const text = instructionsOf({ title: 'Zoo', tools: many });
    expect(text).toMatch(/^Tools of Zoo, for: resource-0, resource-1, .* and more\.$/);
    expect(text.length).toBeLessThan(200);
  });
});
