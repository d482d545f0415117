import { isDeepStrictEqual } from 'node:util';
import type { Tool } from '../../templates/src/runtime/api.js';
import type { Finding } from './change.js';
import { fitInListing } from '../listed-fields.js';
import { find, showAll } from './show.js';

/** Changes of what a tool returns, as far as its project describes it. No call fails by them. */
export function compareResults(before: Tool, after: Tool): Finding[] {
  const members = compareFields(before.fields, after.fields);
  const isSame = isDeepStrictEqual(before.outputSchema, after.outputSchema);
  return isSame || members.length > 0 ? members : [result('is described differently')];
}

/** The argument `fields`, and the members that it may select. */
function compareFields(had: Tool['fields'], has: Tool['fields']): Finding[] {
  if (had === undefined)
    return has === undefined ? [] : [find('ARGUMENT_ADDED', 'fields', 'is new')];
  if (has === undefined) return [find('ARGUMENT_REMOVED', 'fields', 'was removed')];
  const lost = had.filter((name) => !has.includes(name));
  const won = has.filter((name) => !had.includes(name));
  const isCertain = lost.every((name) => fitInListing([...has, name]));
  const wasCertain = won.every((name) => fitInListing([...had, name]));
  // A project lists only the first members, so one that is no longer listed may only have moved.
  if (!isCertain || !wasCertain) return [result(`now begins with ${showAll(has)}`)];
  return [
    ...(lost.length === 0 ? [] : [result(`no longer has ${showAll(lost)}`)]),
    ...(won.length === 0 ? [] : [result(`now also has ${showAll(won)}`)]),
  ];
}

function result(predicate: string): Finding {
  return { code: 'RESULT_CHANGED', place: 'result', message: `The result ${predicate}.` };
}
