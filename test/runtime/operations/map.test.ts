import { describe, expect, it } from 'vitest';
import type { Api, Tool } from '../../../templates/src/runtime/api.js';
import { createOffer } from '../../../templates/src/runtime/operations/offer.js';
import { testApi } from '../../support/server.js';

const [sample] = testApi.tools as [Tool];
const tool = (path: string, number: number): Tool => ({
  ...sample,
  name: `operation_${number}`,
  title: `Does the thing number ${number} that this operation does`,
  request: { method: 'GET', path },
});
const nested = Array.from({ length: 2400 }, (_, n) =>
  tool(`/v1/area${n % 7}/{id}/part${n % 41}/{key}/detail${n}`, n),
);
const flat = Array.from({ length: 700 }, (_, n) => tool(`/call.method${n}`, n));
const same = Array.from({ length: 300 }, (_, n) => tool(`/{a}/{b${n}}`, n));
const huge = Array.from({ length: 6000 }, (_, n) =>
  tool(`/area${n % 9}/{id}/part${n % 90}/{key}/detail${n}`, n),
);

/** A token has about four characters. */
const MAX_PAGE = 8000;
const MAX_MAP = 10_000;
const MAX_LISTING = 4800;

function offer(tools: readonly Tool[], title = 'Test API') {
  const api: Api = { ...testApi, title, tools };
  return createOffer(api, 'search');
}

function ask(tools: readonly Tool[]) {
  const { meaning } = offer(tools);
  return (resource?: string): string => {
    const meant = meaning('find_operations', resource === undefined ? {} : { resource });
    const content = meant !== undefined && 'answer' in meant ? meant.answer(undefined).content : [];
    const [first] = content;
    return first?.type === 'text' ? first.text : '';
  };
}

/** The operations that are reached from a text in a few calls; all responses must be short enough. */
function reach(text: string, page: (resource: string) => string, calls: number): Set<string> {
  const names = [...text.matchAll(/GET (operation_\d+) \(/g)].map(([, name = '']) => name);
  if (names.length > 0 || calls === 0) return new Set(names);
  const ids = [...text.matchAll(/^(\S+) \(\d+\)/gm)].map(([, id = '']) => id);
  const pages = ids.map(page);
  for (const one of pages) expect(one.length).toBeLessThanOrEqual(MAX_PAGE);
  return new Set(pages.flatMap((one) => [...reach(one, page, calls - 1)]));
}

describe('the map of resources', () => {
  it.each([
    ['nested paths', nested, 2],
    ['flat paths', flat, 2],
    ['paths without a fixed segment', same, 2],
    ['6,000 operations', huge, 3],
  ])('leads to every operation: %s', (_, tools, calls) => {
    const page = ask(tools);
    const map = page();
    expect(map.length).toBeLessThanOrEqual(MAX_MAP);
    expect(reach(map, page, calls).size).toBe(tools.length);
  });

  it('accepts any segment of a path as a resource, and pages its response', () => {
    const page = ask(nested);
    const text = page('PART3');
    expect(reach(text, page, 2).size).toBe(59);
    expect(page('zebra')).toContain('There is no such resource.');
  });

  it.each([nested, flat, same, huge])('is announced in under 1,200 tokens', (...tools) => {
    const { listed } = offer(tools, 'T'.repeat(5000));
    expect(JSON.stringify(listed).length).toBeLessThanOrEqual(MAX_LISTING);
  });
});

it('the description names the main resource, and no prefix of all paths', () => {
  const paths = ['/site/pets', '/site/pets/{id}', '/site/pets/{id}/photos', '/site/orders'];
  const [find] = offer(paths.map(tool)).listed;
  expect(find?.description).toMatch(/: pets 3, orders 1, photos 1\.$/);
});
