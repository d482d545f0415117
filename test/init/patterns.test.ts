import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, groupByTag, unionOf } from '../../src/commands/init/candidates.js';
import {
  patternsOfCandidates,
  patternsOfGroups,
  type Patterns,
} from '../../src/commands/init/patterns.js';
import { selectOperations } from '../../src/plan/operations/select.js';

function candidate(
  method: string,
  path: string,
  tags: readonly string[] = [],
  operationId?: string,
): Candidate {
  const operation = {
    place: `#/paths/${method}${path}`,
    method,
    path,
    template: path,
    styles: new Map(),
    queries: new Map(),
    tags,
    definition: {},
    pathItem: {},
    parameters: [],
    ...(operationId !== undefined && { operationId }),
  };
  return { operation, name: `${method}${path}`, tokens: 1 };
}

const select = (all: readonly Candidate[], { include = [], exclude = [] }: Patterns) => {
  const operations = all.map(({ operation }) => operation);
  const selected = new Set(selectOperations(operations, include, exclude).selected);
  return all.filter(({ operation }) => selected.has(operation));
};

const a = candidate('GET', '/a', ['one']);
const b = candidate('GET', '/b', ['one', 'two']);
const c = candidate('GET', '/c/{id}', ['two'], 'getC');
const d = candidate('POST', '/d');

describe('groups', () => {
  it('are the tags in order of appearance, with untagged operations last', () => {
    expect(groupByTag([d, a, b, c])).toEqual([
      { tag: 'one', candidates: [a, b] },
      { tag: 'two', candidates: [b, c] },
      { candidates: [d] },
    ]);
  });

  it('count an operation only once if it is in two of them or names its tag twice', () => {
    expect(unionOf(groupByTag([a, b, c])).size).toBe(3);
    expect(groupByTag([candidate('GET', '/', ['x', 'x'])])[0]?.candidates).toHaveLength(1);
  });
});

describe('patterns of tags', () => {
  const groups = groupByTag([a, b, c, d]);

  it('are empty for everything', () => {
    expect(patternsOfGroups(groups, [0, 1, 2])).toEqual({});
  });

  it('include the tags', () => {
    expect(patternsOfGroups(groups, [1])).toEqual({ include: ['tag:two'] });
  });

  it('exclude the other tags if the untagged ones are included and the result is the same', () => {
    const apart = groupByTag([a, c, d]);
    expect(patternsOfGroups(apart, [0, 2])).toEqual({ exclude: ['tag:two'] });
    expect(patternsOfGroups(groups, [0, 2])).toEqual({ include: ['tag:one', 'POST /d'] });
  });
});

describe('patterns of operations', () => {
  const all = [a, b, c, d];

  it('name the included ones, or the excluded ones if these are fewer', () => {
    expect(patternsOfCandidates(all, new Set([c]))).toEqual({ include: ['getC'] });
    expect(patternsOfCandidates(all, new Set([a, b, d]))).toEqual({ exclude: ['getC'] });
    expect(patternsOfCandidates(all, new Set(all))).toEqual({});
  });

  it('use a wildcard for a space and for a backslash', () => {
    const odd = candidate('GET', '/a b\\+\\\\');
    const patterns = patternsOfCandidates([odd, ...all], new Set([odd]));
    expect(patterns).toEqual({ include: ['GET /a?b?\\+??'] });
    expect(select([odd, ...all], patterns)).toEqual([odd]);
  });

  it('name an operation by its path if its operationId is not unique, a glob, or a keyword', () => {
    const odd = ['same', 'same', 'a*', 'deprecated'].map((id, at) =>
      candidate('GET', `/${at}`, [], id),
    );
    expect(patternsOfCandidates([...odd, ...all], new Set(odd))).toEqual({
      include: ['GET /0', 'GET /1', 'GET /2', 'GET /3'],
    });
  });
});

const names = fc.constantFrom('x', 'y', 'z w', '*');
const paths = fc
  .array(fc.constantFrom('/', 'a', '{id}', '*', '?', '[b]', '(c)', '!', '+', '@', '|', '.', '**'), {
    maxLength: 5,
  })
  .map((parts) => `/${parts.join('')}`);
const candidates = fc
  .uniqueArray(
    fc.record({
      method: fc.constantFrom('GET', 'POST'),
      path: paths,
      tags: fc.array(names, { maxLength: 2 }),
      id: fc.option(fc.constantFrom('one', 'two', 'tw*', 'deprecated', 'tag:x'), {
        nil: undefined,
      }),
    }),
    { minLength: 1, maxLength: 8, selector: ({ method, path }) => `${method} ${path}` },
  )
  .map((list) => list.map(({ method, path, tags, id }) => candidate(method, path, tags, id)));

describe('the picked operations', () => {
  it('are those that generate selects, tag by tag', () => {
    fc.assert(
      fc.property(candidates, fc.array(fc.nat(5), { minLength: 1 }), (all, picks) => {
        const groups = groupByTag(all);
        const chosen = [...new Set(picks.map((pick) => pick % groups.length))];
        const wanted = unionOf(chosen.flatMap((at) => groups[at] ?? []));
        expect(new Set(select(all, patternsOfGroups(groups, chosen)))).toEqual(wanted);
      }),
    );
  });

  it('are those that generate selects, one by one', () => {
    fc.assert(
      fc.property(candidates, fc.array(fc.nat(7), { minLength: 1 }), (all, picks) => {
        const wanted = new Set(picks.flatMap((pick) => all[pick % all.length] ?? []));
        expect(new Set(select(all, patternsOfCandidates(all, wanted)))).toEqual(wanted);
      }),
    );
  });
});
