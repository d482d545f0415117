import type { Api } from '../../../templates/src/runtime/api.js';
import { checkApi, checkScopes, checkTool, type Check } from './contract.js';
import { Unreadable } from './cursor.js';
import { readModule } from './read-module.js';

/** A module of a generated project. */
export interface Import {
  readonly name: string;
  /** Below `src/generated`. */
  readonly path: string;
  readonly check: Check;
}

/** The module with `toolList`, in current projects and in older ones. */
const LIST_MODULES = ['../runtime/api.js', '../runtime/tool-list.js'];

/** The modules that `api.ts` imports, besides the runtime. @throws Unreadable */
export function importsOf(content: string): Import[] {
  const { imports } = readModule(content, undefined);
  return [...imports].flatMap(([name, from]) => {
    if (name === 'toolList' && LIST_MODULES.includes(from)) return [];
    const [, path] = /^\.\/(scopes|tools\/[a-z0-9_-]+)\.js$/.exec(from) ?? [];
    if (path === undefined) throw new Unreadable(`an import of ${JSON.stringify(from)}`);
    return [{ name, path: `${path}.ts`, check: path === 'scopes' ? checkScopes : checkTool }];
  });
}

/** The value of the constant of that name that a module exports. @throws Unreadable */
export function readConstant(content: string, wanted: string, check: Check): unknown {
  const { name, value } = readModule(content, new Map());
  if (name !== wanted) throw new Unreadable(`a constant named ${JSON.stringify(name)}`);
  refuseFault(check(value, name));
  return value;
}

/** The value of `api.ts`, given the values that it imports. @throws Unreadable */
export function readApi(content: string, values: ReadonlyMap<string, unknown>): Api {
  const api = readModule(content, values).value;
  refuseFault(checkApi(api, 'api'));
  const { tools, scopes } = api as Api;
  const names = new Set(tools.map(({ name }) => name));
  if (names.size < tools.length) throw new Unreadable('a duplicate tool');
  if (tools.some(({ name }) => !Object.hasOwn(scopes, name)))
    throw new Unreadable('a tool without scopes');
  return api as Api;
}

function refuseFault(place: string | undefined): void {
  if (place !== undefined)
    throw new Unreadable(`${JSON.stringify(place)}, which does not match this version`);
}
