import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import { describe, expect, test } from 'vitest';
import { plan } from '../../src/plan/plan.js';
import {
  isObject,
  type Json,
  type JsonObject,
  type Tool,
} from '../../templates/src/runtime/api.js';
import { createSecrets } from '../../templates/src/runtime/credentials/secrets.js';
import { readExact } from '../../templates/src/runtime/upstream/numbers.js';
import { toResult } from '../../templates/src/runtime/upstream/result.js';
import type { Answer, Pages } from './answer.js';
import { paged } from './pages.js';
import { shapes } from './shapes.js';
import { huge, long, numbers } from './sizes.js';
import { small, texts } from './texts.js';

const type = (answer: Answer) => answer.type ?? 'application/json';

/** The tool of an operation that gives such answers, its output schema included. */
function toolOf({ parameters = {}, schema, ...answer }: Partial<Answer>): Tool {
  const media = answer.type?.split(';')[0] ?? 'application/json';
  const query = Object.entries(parameters).map(([name, one]) => ({
    name,
    in: 'query',
    schema: one,
  }));
  const success = {
    description: 'OK',
    content: { [media]: schema === undefined ? {} : { schema } },
  };
  const operation = { operationId: 'list', parameters: query, responses: { '200': success } };
  const openapi = {
    openapi: '3.1.0',
    info: { title: 'Answers', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    paths: { '/list': { get: operation } },
  } as unknown as JsonObject;
  const document = { source: 'answers.json', overlays: [], hash: '', openapi, warnings: [] };
  const [tool] = plan(document, { outputSchemas: 'all' }).api.tools;
  if (tool === undefined) throw new Error('There is no tool.');
  return tool;
}

/** The response that a caller receives. */
function show(answer: Answer, tool: Tool, maxCharacters: number, args: JsonObject = {}) {
  const headers = { ...answer.headers, 'content-type': type(answer) };
  const { status = 200 } = answer;
  const body = Buffer.from(answer.body);
  const response = { method: 'GET', path: '/list', status, headers, body, truncated: false };
  const result = toResult(response, createSecrets([]), { tool, args, maxCharacters });
  const blocks = result.content.map((block) => ('text' in block ? block.text : ''));
  return { result, blocks, size: blocks.join('\n').length };
}

/** Whether a value is another one, with nothing but items, ends of strings or members left out. */
function isPartOf(shown: Json, whole: Json): boolean {
  // Not by calling itself: one of the answers is nested too deeply for that.
  const pairs: [Json | undefined, Json | undefined][] = [[shown, whole]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [one, other] = pair;
    if (typeof one !== 'object' || one === null) {
      if (!isBeginning(one, other)) return false;
    } else if (Array.isArray(one) !== Array.isArray(other)) return false;
    else
      for (const [name, member] of Object.entries(one))
        pairs.push([member, membersOf(other)[name]]);
  }
  return true;
}

function isBeginning(shown: Json | undefined, whole: Json | undefined): boolean {
  if (typeof shown !== 'string' || typeof whole !== 'string') return shown === whole;
  return shown === whole || (shown.endsWith('…') && whole.startsWith(shown.slice(0, -1)));
}

function membersOf(value: Json | undefined): Partial<JsonObject> {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

/** The value at a path of a note: `data.items`; undefined where the path goes through lists. */
function at(value: Json, path: string): Json | undefined {
  if (path === 'The response') return value;
  let [found, rest]: [Json | undefined, string] = [value, path];
  while (rest !== '' && isObject(found)) {
    const here: JsonObject = found;
    const name = Object.keys(here).find((key) => rest === key || rest.startsWith(`${key}.`));
    if (name === undefined) return undefined;
    [found, rest] = [here[name], rest.slice(name.length + 1)];
  }
  return rest === '' ? found : undefined;
}

const sizeOf = (value: Json | undefined) =>
  isObject(value) ? Object.keys(value).length : (value as { length: number }).length;

/** Checks what a note counts; notes about several places count those. */
function checkCounts(note: string, shown: Json, whole: Json): void {
  const [, path = '', some, all] = /^(.+): ([\d,]+) of ([\d,]+) \w+ shown\.$/.exec(note) ?? [];
  const [part, total] = [at(shown, path), at(whole, path)];
  if (some === undefined || all === undefined || total === undefined) return;
  expect(Number(all.replaceAll(',', ''))).toBe(sizeOf(total));
  const ending = typeof part === 'string' ? 1 : 0;
  expect(Number(some.replaceAll(',', ''))).toBe(sizeOf(part) - ending);
}

const pagesAsAnswers = paged.map(({ api, page, parameters, items, itemSchema, serve }): Answer => {
  const { answer, headers } = serve(items, {});
  const schema: JsonObject = Array.isArray(answer)
    ? { type: 'array', items: itemSchema }
    : { type: 'object', properties: {} };
  const first = { api, page, parameters, schema, body: JSON.stringify(answer) };
  return headers === undefined ? first : { ...first, headers };
});

const recorded: readonly Answer[] = [
  ...pagesAsAnswers,
  ...shapes,
  ...numbers,
  ...huge,
  ...long,
  ...texts,
  ...small,
];

const validators = new AjvJsonSchemaValidator();

test('there are more than sixty, each of an API and a page of its documentation', () => {
  expect(new Set(recorded.map(({ api }) => api)).size).toBe(recorded.length);
  expect(recorded.length).toBeGreaterThan(60);
  expect(recorded.every(({ page }) => page.startsWith('https://'))).toBe(true);
});

describe('a recorded answer, shortened', () => {
  const budgets = [1000, 1717, 4000, 20_000, 60_000];
  test.each(recorded)('$api', (answer) => {
    const tool = toolOf(answer);
    const failed = (answer.status ?? 200) >= 400;
    for (const budget of budgets) {
      const { result, blocks, size } = show(answer, tool, budget);
      const [first = '', ...notes] = blocks;
      const text = failed ? first.replace(/^The API answered .*\n\n/, '') : first;
      expect(size).toBeLessThanOrEqual(budget);
      checkText(answer, text, notes);
      if (failed) expect(result).toMatchObject({ isError: true });
      else if (tool.outputSchema !== undefined) {
        const structured = result.structuredContent as JsonObject;
        const { valid } = validators.getValidator(tool.outputSchema)(structured);
        const all = (structured['_notes'] ?? []) as string[];
        const own = all.filter((note) => !note.startsWith('Some values are null only here'));
        expect({ valid, notes: own }).toEqual({ valid: true, notes });
      }
    }
  });
});

/** JSON is JSON of the same shape, text is the beginning; and what is missing is named. */
function checkText({ body, ...answer }: Answer, text: string, notes: readonly string[]): void {
  if (body === '') {
    expect(text).toBe('The API answered 204 No Content, without a body.');
    return;
  }
  const bare = body.replace(/^\ufeff/, '');
  const whole = parsed(bare);
  if (whole === undefined || !/json$/.test(type({ body, ...answer }))) {
    expect(bare.startsWith(text)).toBe(true);
    if (text !== bare) expect(notes.join()).toMatch(/^The text was truncated: [\d,]+ of [\d,]+ /);
    return;
  }
  const shown = readExact(text);
  expect(isPartOf(shown, whole)).toBe(true);
  if (text !== bare) expect(notes.join('\n')).toMatch(/ shown\.|left out in|shortened/);
  for (const note of notes) checkCounts(note, shown, whole);
}

function parsed(text: string): Json | undefined {
  try {
    return text === '' ? undefined : readExact(text);
  } catch {
    return undefined;
  }
}

/** The call that a note proposes. */
function proposed(notes: readonly string[], { name }: Tool): JsonObject | undefined {
  const call = notes.find((note) => note.includes(`: ${name} {`));
  return call === undefined ? undefined : (JSON.parse(call.slice(call.indexOf('{'))) as JsonObject);
}

function listIn(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  const inner = isObject(value) ? Object.values(value) : [];
  return inner.map(listIn).sort((a, b) => b.length - a.length)[0] ?? [];
}

/** Arguments by the names that the API has for them. */
function onTheWire(args: JsonObject, { request: { parameters = [] } }: Tool): JsonObject {
  const names = parameters.map(({ name, argument = name }) => [argument, name] as const);
  const wire = new Map(names);
  const entries = Object.entries(args).map(([name, value]) => [wire.get(name) ?? name, value]);
  return Object.fromEntries(entries) as JsonObject;
}

/** All items that a model is shown that makes the proposed calls, one after the other. */
function collect({ serve, items, ...pages }: Pages, tool: Tool, budget: number): Json[] {
  const seen: Json[] = [];
  let args: JsonObject | undefined = {};
  for (let calls = 0; args !== undefined && calls < 500; calls += 1) {
    const { answer, headers } = serve(items, onTheWire(args, tool));
    const recordedPage = { ...pages, body: JSON.stringify(answer), ...(headers && { headers }) };
    const { blocks, size } = show(recordedPage, tool, budget, args);
    expect(size).toBeLessThanOrEqual(budget);
    const [text = '', ...notes] = blocks;
    // A smaller page begins where this one did, and brings its items again.
    if (!notes.some((note) => note.startsWith('Smaller page')))
      seen.push(...listIn(readExact(text)));
    args = proposed(notes, tool);
  }
  return seen;
}

describe('the calls that notes propose bring the rest, each item once', () => {
  test.each(paged)('$api', (pages) => {
    const tool = toolOf({ parameters: pages.parameters });
    for (const budget of [2500, 5000, 12_000, 60_000])
      expect(collect(pages, tool, budget)).toEqual(pages.items);
  });
});
