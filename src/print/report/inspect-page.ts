import type { Api, Tool } from '../../../templates/src/runtime/api.js';
import { argumentType } from '../argument-type.js';
import { scopesOf } from '../../emit/scopes-file.js';
import type { Problem } from '../../errors.js';
import { isObject, object, own, text, type JsonObject } from '../../json.js';
import { offered } from '../../plan/tools/offered-tokens.js';
import { estimateTokens, totalTokens } from '../../plan/tools/tokens.js';
import type { Plan } from '../../plan/types.js';
import { count, plural } from '../../numbers.js';
import { renderPage, searchable, viewOfProblem } from './page.js';
import { scopeColumns, scopeRow } from './scopes-matrix.js';
import { layOut } from './treemap.js';

/** The tools of a plan as a page: each with its cost and scopes, and the warnings. */
export function inspectPage(plan: Plan, warnings: readonly Problem[]): string {
  const { api } = plan;
  const tools = api.tools.map((tool) => describe(api, tool));
  const sizes = tools.reduce((sum, { size }) => sum + size, 0);
  const tokens = count(totalTokens(api, []) + sizes);
  return renderPage('inspect', {
    heading: `${api.title}: tools`,
    title: api.title,
    name: api.name,
    version: api.version,
    callers: callers(api),
    facts: factsOf(api, tokens),
    tokens,
    searchNote: searchNote(api),
    count: count(tools.length),
    tools,
    ...cost(plan, tools),
    ...access(api, tools),
    warnings: warnings.map(viewOfProblem),
  });
}

type View = ReturnType<typeof describe>;

function describe(api: Api, tool: Tool) {
  const { name, title = '', description } = tool;
  const { method, path } = tool.request;
  const size = estimateTokens(api, tool);
  const alternatives = scopesOf(api, name);
  return {
    ...{ name, title, method, path, size },
    description:
      title !== '' && description.startsWith(`${title}\n`) ? rest(description) : description,
    tokens: count(size),
    ...riskOf(tool),
    hints: hintsOf(tool),
    scopeWords: scopeWords(api, alternatives),
    arguments: argumentsOf(tool),
    find: searchable([name, title, method, path, ...alternatives.flat(), description]),
  };
}

/** A description without its title, if it starts with it. */
function rest(description: string): string {
  return description.slice(description.indexOf('\n')).trim();
}

function riskOf({ annotations }: Tool): { risk: string; riskWords: string } {
  if (annotations.readOnlyHint) return { risk: 'read', riskWords: 'reads' };
  if (annotations.destructiveHint) return { risk: 'destroy', riskWords: 'may destroy' };
  return { risk: 'write', riskWords: 'writes' };
}

function hintsOf(tool: Tool): { kind: string; words: string }[] {
  const { annotations, isPublic, confirm } = tool;
  const { risk, riskWords } = riskOf(tool);
  const others = [
    ...(annotations.idempotentHint && !annotations.readOnlyHint ? ['idempotent'] : []),
    ...(annotations.openWorldHint ? ['open world'] : []),
    ...(isPublic === true ? ['public in the document'] : []),
    ...(confirm === undefined || confirm === false ? [] : ['asks a person']),
  ];
  return [{ kind: risk, words: riskWords }, ...others.map((words) => ({ kind: 'other', words }))];
}

function scopeWords({ authentication }: Api, alternatives: Api['scopes'][string]): string {
  const words = alternatives.map((one) => one.join(' and ')).join(', or ');
  if (authentication === 'none')
    return words === ''
      ? 'Needs no token.'
      : `The document names ${words}; without OAuth, scopes are not checked.`;
  return words === '' ? 'Any valid token is accepted.' : `The token needs ${words}.`;
}

function argumentsOf({ inputSchema }: Tool): object[] {
  const { properties, required } = inputSchema as JsonObject;
  return Object.entries(object(properties)).map(([name, schema]) => ({
    name,
    type: argumentType(inputSchema as JsonObject, schema),
    required: Array.isArray(required) && required.includes(name),
    description: isObject(schema) ? (text(schema['description']) ?? '') : '',
  }));
}

function factsOf(api: Api, tokens: string): { label: string; value: string }[] {
  const number = (risk: string) =>
    count(api.tools.filter((tool) => riskOf(tool).risk === risk).length);
  return [
    { label: 'Tools', value: count(api.tools.length) },
    { label: 'Tokens to list them', value: tokens },
    { label: 'Read', value: number('read') },
    { label: 'Write', value: number('write') },
    { label: 'May destroy', value: number('destroy') },
  ];
}

function callers({ authentication, authorizationServer }: Api): string {
  if (authentication === 'none') return 'Callers need no access token.';
  const issuer = authorizationServer === undefined ? '' : ` issued by ${authorizationServer}`;
  return `Callers need an access token${issuer}.`;
}

function searchNote(api: Api): string {
  if (api.toolMode !== 'search') return '';
  const { tools, tokens } = offered(api);
  return `The server lists ${plural(tools, 'tool')} that find and call them, at a cost of ${plural(tokens, 'token')}.`;
}

function cost({ groups }: Plan, tools: readonly View[]): { groups: object[]; tiles: object[] } {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const groupOf = ({ name, path }: View) => own(groups, name) ?? `/${path.split('/')[1] ?? ''}`;
  const costs = tools.map((tool) => ({ name: tool.name, group: groupOf(tool), tokens: tool.size }));
  const placed = layOut(costs);
  return {
    groups: placed.groups.map(({ name, tokens, box }) => {
      const members = costs.filter(({ group }) => group === name).length;
      return { name, box, tokens: count(tokens), tools: plural(members, 'tool') };
    }),
    tiles: placed.tiles.map(({ name, box }) => ({ ...byName.get(name), box })),
  };
}

function access(api: Api, tools: readonly View[]) {
  const columns = scopeColumns(api);
  return {
    scopeColumns: columns,
    scopeNote: scopeNote(api, columns.length),
    matrix: tools.map(({ name, find }) => ({ name, find, cells: scopeRow(api, name, columns) })),
  };
}

function scopeNote({ authentication }: Api, scopes: number): string {
  const marks =
    'A dot: the tool needs the scope. Numbers: the tool has alternatives, and these include the scope.';
  if (scopes === 0) return 'No tool needs a scope.';
  if (authentication === 'oauth2') return `${marks} Tools without a mark accept any valid token.`;
  return `${marks} They come from the document: without OAuth, scopes are not checked.`;
}
