import type { Plan } from '../plan/types.js';
import { printMember } from './literal.js';
import { printComment } from './print.js';

type Api = Plan['api'];

/** Prints `scopes.ts`: the scopes that each tool requires, on one page for a review. */
export function printScopes(api: Api): string {
  const members = api.tools.map(
    ({ name, request }) =>
      `  // ${printComment(`${request.method} ${request.path}`)}\n` +
      `  ${printMember(name, scopesOf(api, name), '  ')},\n`,
  );
  return `import type { ScopeAlternatives } from '../runtime/api.js';

/**
 * What a token needs to call each tool: every scope of at least one of the alternatives.
 * Without an alternative, any valid token is enough.
 */
export const scopes = {
${members.join('')}} satisfies Record<string, ScopeAlternatives>;
`;
}

/** The alternatives of a tool. A tool missing in the map would be open to every token, so that is a defect. */
export function scopesOf(api: Api, name: string): Api['scopes'][string] {
  const found = Object.hasOwn(api.scopes, name) ? api.scopes[name] : undefined;
  if (found === undefined) throw new Error(`The plan has no scopes for the tool ${name}`);
  return found;
}
