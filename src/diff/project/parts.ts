import type { Api } from '../api-types.js';
import { checkApi, checkScopes, checkTool, type Check } from './contract.js';
import { Unreadable } from './cursor.js';
import { readModule } from './read-module.js';

/** A module that a project is made of. */
export interface Import {
  readonly name: string;
  /** Below `src/generated`. */
  readonly path: string;
  readonly check: Check;
}

/** Where `toolList` is: in projects of today, and in those generated before. */
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
  if (name !== wanted) throw new Unreadable(`a constant of the name ${JSON.stringify(name)}`);
  refuseFault(check(value, name));
  return value;
}

/** The value of `api.ts`, given those that it imports. @throws Unreadable */
export function readApi(content: string, values: ReadonlyMap<string, unknown>): Api {
  const api = readModule(content, values).value;
  refuseFault(checkApi(api, 'api'));
  const { tools, scopes } = api as Api;
  const names = new Set(tools.map(({ name }) => name));
  if (names.size < tools.length) throw new Unreadable('a tool twice');
  if (tools.some(({ name }) => !Object.hasOwn(scopes, name)))
    throw new Unreadable('a tool without scopes');
  return api as Api;
}

function refuseFault(place: string | undefined): void {
  if (place !== undefined)
    throw new Unreadable(`${JSON.stringify(place)} as this version has none`);
}
