import type { JsonSchema } from '../../../templates/src/runtime/api.js';
import type { Problem } from '../../errors.js';
import { array, isObject, object, own, scalar, text } from '../../json.js';
import type { Json, JsonObject } from '../../load/document.js';
import { formatPointer } from '../../pointer.js';
import { hints, isHierarchy } from './curation.js';
import { nearest } from '../../../templates/src/runtime/nearest.js';
import type { Operation } from '../operations/operations.js';

type Holder = 'the document' | 'a tag' | 'a path' | 'an operation' | 'info' | 'paths';

const everywhere = ['enabled', 'scopes', 'annotations', 'fields', 'confirm'];

/** The keys of `x-mcp`, by the object that holds it. */
const keys: Readonly<Record<Holder, readonly string[]>> = {
  'the document': [...everywhere, 'implies'],
  'a tag': everywhere,
  'a path': everywhere,
  'an operation': [...everywhere, 'name', 'title', 'description', 'pinned'],
  info: [],
  paths: [],
};
const allKeys = [...new Set(Object.values(keys).flat())];

const isText = (value: Json) => text(value) !== undefined;
const isFlag = (value: Json) => typeof value === 'boolean';

/** What the keys hold that are read as if they were missing when they hold anything else. */
const expected: Readonly<Record<string, readonly [(value: Json) => boolean, string]>> = {
  implies: [isHierarchy, 'a map from scopes to lists of scopes'],
  annotations: [isObject, 'an object'],
  title: [isText, 'a non-empty string'],
  description: [isText, 'a non-empty string'],
  fields: [isFlag, 'true or false'],
  pinned: [isFlag, 'true or false'],
};

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
  /** `x-mcp`, or a key like it. */
  readonly key: string;
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
  const on = (holder: Holder, owner: Json | undefined, place: string): Extension[] => {
    const found = Object.entries(object(owner)).filter(([key, value]) => isExtension(key, value));
    // Beside x-mcp, which says the same here, another generator's extension stays for that generator.
    const isSaid = found.some(([key]) => key === 'x-mcp');
    return found
      .filter(([key]) => !isSaid || !isForeign(key))
      .map(([key, value]) => ({ holder, place: `${place}/${key}`, key, value }));
  };
  return [
    ...on('the document', root, '#'),
    ...on('info', root['info'], '#/info'),
    ...on('paths', root['paths'], '#/paths'),
    ...array(root['tags']).flatMap((tag, index) =>
      used.has(scalar(object(tag)['name']) ?? '')
        ? on('a tag', tag, formatPointer(['tags', String(index)]))
        : [],
    ),
    ...operations.flatMap(({ pathItem, definition, place }) => [
      ...on('a path', pathItem, pathOf(place)),
      ...on('an operation', definition, place),
    ]),
  ];
}

/** The place of the path item that holds an operation: `#/paths/~1pets` of `#/paths/~1pets/get`. */
function pathOf(place: string): string {
  return place.split('/', 3).join('/');
}

/** `x-mcp`, its misspellings, and the extensions of other generators of MCP servers. */
function isExtension(key: string, value: Json): boolean {
  return /^x.*mcp|^x-gram$/i.test(key) || (key === 'x-mint' && isObject(object(value)['mcp']));
}

interface Found {
  readonly problem: Problem;
  readonly decides: boolean;
}

function problemsOf({ holder, place, key: extension, value }: Extension): Found[] {
  if (extension !== 'x-mcp') return [foreign(extension, place)];
  if (isFlag(value)) return [];
  if (!isObject(value)) return [{ problem: noObject(place), decides: true }];
  const unknown = Object.keys(value).filter((key) => !keys[holder].includes(key));
  const given = Object.entries(object(value['annotations']));
  const annotations = given.flatMap(([hint]) => (isHint(hint) ? [] : [hint]));
  const wrong = given.flatMap(([hint, flag]) =>
    isHint(hint) && !isFlag(flag) ? wrongValue(`annotations.${hint}`, 'true or false', place) : [],
  );
  return [
    ...wrong,
    ...Object.entries(value).flatMap(([key, held]) => {
      const [isExpected, what] = own(expected, key) ?? [];
      const isFine = unknown.includes(key) || what === undefined || isExpected?.(held);
      return isFine ? [] : wrongValue(key, what, place);
    }),
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

const isHint = (name: string) => hints.some((known) => known === name);

function wrongValue(key: string, what: string, place: string): Found {
  const message = `x-mcp.${key} is not ${what} and is ignored.`;
  const problem = { code: 'INVALID_X_MCP', place, message, remedy: `Write ${what}.` };
  return { problem, decides: deciding.includes(key) };
}

/** Whether an extension belongs to another generator, and is not a misspelled `x-mcp`. */
function isForeign(key: string): boolean {
  return !/^x[^a-z]*mcp$/i.test(key);
}

function foreign(key: string, place: string): Found {
  const isTypo = !isForeign(key);
  const problem = {
    code: isTypo ? 'UNKNOWN_X_MCP' : 'VENDOR_EXTENSION',
    place,
    message: `${key} has no effect on the generated server.`,
    remedy: isTypo
      ? 'Did you mean x-mcp?'
      : 'Write the same with x-mcp, for example in an overlay.',
  };
  return { problem, decides: isTypo };
}

/** Common words for a key that are too different from its name for a spelling correction. */
const otherWords: Readonly<Record<string, RegExp>> = {
  scopes: /scope|permission|secur/i,
  enabled: /^(disable|exclude|hid|ignore|skip)/i,
  confirm: /confirm|approv/i,
  name: /name$/i,
  description: /desc|summary/i,
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
    message: 'x-mcp is neither an object nor true or false, and is ignored.',
    remedy: 'Write its keys below it: x-mcp: { enabled: false }.',
  };
}

/** Placeholders of a question that are not arguments: the user would not see the values that matter. */
export function unknownPlaceholders(
  { place }: Operation,
  question: boolean | string | undefined,
  inputSchema: JsonSchema,
): Problem[] {
  if (typeof question !== 'string') return [];
  const names = Object.keys(object(inputSchema['properties']));
  const used = [...question.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);
  const unknown = [...new Set(used)].filter((name) => !names.includes(name));
  return unknown.map((name) => ({
    code: 'INVALID_X_MCP',
    place,
    message: `x-mcp.confirm asks about {${name}}, which is not an argument of the tool.`,
    remedy:
      names.length === 0
        ? 'Remove it: the tool has no arguments.'
        : `The arguments are ${names.join(', ')}.`,
  }));
}
