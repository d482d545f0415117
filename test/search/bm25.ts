import type { JsonObject } from '../../src/load/document.js';
import { resolve } from '../../src/pointer.js';
import { array, isObject, object, text } from '../../src/json.js';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const [K1, B] = [1.2, 0.75];

/** The texts of all operations of a document, each as one bag of words. */
export function bagsOf(root: JsonObject): string[] {
  return Object.entries(object(root['paths'])).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = object(item)[method];
      if (!isObject(operation)) return [];
      const parameters = [...array(object(item)['parameters']), ...array(operation['parameters'])];
      const { operationId, summary, description, tags } = operation;
      const texts = [operationId, summary, path, ...array(tags), description];
      return [
        [...texts, ...parameters.map((one) => resolve(root, one)['name'])].map(text).join(' '),
      ];
    }),
  );
}

/** BM25 over bags of words, for comparison: the cost of a server's search is measured against it. */
export function plainBm25(bags: readonly string[]): (query: string) => number[] {
  const postings = new Map<string, number[]>();
  const lengths = bags.map((bag, at) => {
    const counts = new Map<string, number>();
    const words = wordsOf(bag);
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, count] of counts) {
      const list = postings.get(word);
      if (list === undefined) postings.set(word, [at, count]);
      else list.push(at, count);
    }
    return words.length;
  });
  const average = lengths.reduce((sum, length) => sum + length, 0) / bags.length;
  return (query) => {
    const scores = new Float64Array(bags.length);
    for (const word of new Set(wordsOf(query))) {
      const list = postings.get(word) ?? [];
      const count = list.length / 2;
      const rarity = Math.log(1 + (bags.length - count + 0.5) / (count + 0.5));
      for (let index = 0; index < list.length; index += 2) {
        const [at = 0, often = 0] = [list[index], list[index + 1]];
        const norm = K1 * (1 - B + (B * (lengths[at] ?? 0)) / average);
        scores[at] = (scores[at] ?? 0) + (rarity * often * (K1 + 1)) / (often + norm);
      }
    }
    const found = [...scores.keys()].filter((at) => (scores[at] ?? 0) > 0);
    return found.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b).slice(0, 20);
  };
}

function wordsOf(bag: string): string[] {
  const spaced = bag
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2');
  const words = spaced.toLowerCase().split(/[^a-z0-9]+/);
  return words.filter((word) => word !== '').map(stem);
}

function stem(word: string): string {
  let rest = word;
  if (rest.length > 4 && rest.endsWith('ies')) rest = `${rest.slice(0, -3)}y`;
  else if (rest.length > 4 && /(ss|sh|ch|x|z)es$/.test(rest)) rest = rest.slice(0, -2);
  else if (rest.length > 3 && /[^su]s$/.test(rest)) rest = rest.slice(0, -1);
  if (rest.length > 5 && /(ing|ed)$/.test(rest)) {
    rest = rest.replace(/(ing|ed)$/, '');
    if (/([bdgklmnprt])\1$/.test(rest)) rest = rest.slice(0, -1);
  }
  return rest.length > 4 && rest.endsWith('e') ? rest.slice(0, -1) : rest;
}
