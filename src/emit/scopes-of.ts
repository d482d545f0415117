import type { Plan } from '../plan/plan.js';

type Api = Plan['api'];

/** The alternatives of a tool. One that the map forgot would be open to every token, so that is a defect. */
export function scopesOf(api: Api, name: string): Api['scopes'][string] {
  const found = Object.hasOwn(api.scopes, name) ? api.scopes[name] : undefined;
  if (found === undefined) throw new Error(`The plan has no scopes for the tool ${name}`);
  return found;
}
