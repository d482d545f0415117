import type { Problem } from '../../errors.js';
import { array, isObject, object, scalar } from '../../json.js';
import type { Json, JsonObject } from '../../load/document.js';
import { formatPointer } from '../../pointer.js';
import { hints } from './curation.js';
import { nearest } from '../nearest.js';
import type { Operation } from '../operations/operations.js';

type Holder = 'the document' | 'a tag' | 'a path' | 'an operation';

const everywhere = ['enabled', 'scopes', 'annotations', 'fields', 'confirm'];

/** The keys of `x-mcp`, by the object that holds it. */
const keys: Readonly<Record<Holder, readonly string[]>> = {
  'the document': [...everywhere, 'implies'],
  'a tag': everywhere,
  'a path': everywhere,
  'an operation': [...everywhere, 'name', 'title', 'description', 'pinned'],
};
const allKeys = [...new Set(Object.values(keys).flat())];

/** A misspelt key of these would change whether a tool exists, or which callers can use it. */
const deciding = ['enabled', 'scopes', 'implies', 'confirm'];

/** Problems with the keys of `x-mcp`; `faults` may change which callers can use a tool. */
export interface KeyProblems {
  readonly warnings: readonly Problem[];
  readonly faults: readonly Problem[];
}

interface Extension {
  readonly holder: Holder;
  readonly place: string;
  readonly value: Json;
}

/** Finds unknown keys of `x-mcp` on these operations and on everything they inherit from. */
export function checkKeys(root: JsonObject, operations: readonly Operation[]): KeyProblems {
  const extensions = new Map(
    listExtensions(root, operations).map((extension) => [extension.place, extension]),
  );
  const found = [...extensions.values()].flatMap(problemsOf);
  return {
    warnings: found.filter(({ decides }) => !decides).map(({ problem }) => problem),
    faults: found.filter(({ decides }) => decides).map(({ problem }) => problem),
  };
}

function listExtensions(root: JsonObject, operations: readonly Operation[]): Extension[] {
  const used = new Set(operations.flatMap(({ tags }) => tags));
  const on = (holder: Holder, owner: Json, place: string): Extension[] => {
    const value = isObject(owner) ? owner['x-mcp'] : undefined;
    return value === undefined ? [] : [{ holder, place: `${place}/x-mcp`, value }];
  };
  return [
    ...on('the document', root, '#'),
    ...array(root['tags']).flatMap((tag, index) =>
      used.has(scalar(object(tag)['name']) ?? '')
        ? on('a tag', tag, formatPointer(['tags', String(index)]))
        : [],
    ),
    ...operations.flatMap(({ path, pathItem, definition, place }) => [
      ...on('a path', pathItem, formatPointer(['paths', path])),
      ...on('an operation', definition, place),
    ]),
  ];
}

interface Found {
  readonly problem: Problem;
  readonly decides: boolean;
}

function problemsOf({ holder, place, value }: Extension): Found[] {
  if (!isObject(value)) return [{ problem: noObject(place), decides: true }];
  const unknown = Object.keys(value).filter((key) => !keys[holder].includes(key));
  const annotations = Object.keys(object(value['annotations'])).filter(
    (hint) => !hints.some((known) => known === hint),
  );
  return [
    ...unknown.map((key) => {
      const meant = meantBy(key);
      const decides = meant !== undefined && deciding.includes(meant);
      return { problem: unknownKey(`x-mcp.${key}`, place, holder, key, meant), decides };
    }),
    ...annotations.map((hint) => ({
      problem: unknownHint(hint, `${place}/annotations`),
      decides: false,
    })),
  ];
}

/** Common words for a key that are too different from its name for a spelling correction. */
const otherWords: Readonly<Record<string, RegExp>> = {
  scopes: /scope|permission/i,
  enabled: /^(disable|exclude|hid|ignore|skip)/i,
  confirm: /confirm|approv/i,
};

function meantBy(key: string): string | undefined {
  const isOtherWord = ([, words]: [string, RegExp]) => words.test(key);
  return nearest(key, allKeys) ?? Object.entries(otherWords).find(isOtherWord)?.[0];
}

function unknownKey(
  name: string,
  place: string,
  holder: Holder,
  key: string,
  meant: string | undefined,
): Problem {
  const isElsewhere = meant === key;
  return {
    code: 'UNKNOWN_X_MCP',
    place,
    message: isElsewhere
      ? `${name} has no effect on ${holder} and is ignored.`
      : `${name} is not a key of x-mcp and is ignored.`,
    remedy: isElsewhere
      ? `Move it to ${holderOf(key)}.`
      : meant === undefined
        ? `Remove it; the keys here are ${keys[holder].join(', ')}.`
        : `Did you mean x-mcp.${meant}?`,
  };
}

function holderOf(key: string): string {
  const [holder = 'an operation'] =
    Object.entries(keys).find(([, names]) => names.includes(key)) ?? [];
  return holder;
}

function unknownHint(hint: string, place: string): Problem {
  const meant = nearest(hint, hints);
  return {
    code: 'UNKNOWN_X_MCP',
    place,
    message: `x-mcp.annotations.${hint} is not an MCP hint and is ignored.`,
    remedy:
      meant === undefined
        ? `Remove it; the hints are ${hints.join(', ')}.`
        : `Did you mean x-mcp.annotations.${meant}?`,
  };
}

function noObject(place: string): Problem {
  return {
    code: 'INVALID_X_MCP',
    place,
    message: 'x-mcp is not an object and is ignored.',
    remedy: 'Write its keys below it: x-mcp: { enabled: false }.',
  };
}
