import type { ScopeAlternatives } from './api-types.js';
import type { Finding } from './change.js';
import { shorten } from './show.js';

/** What a change of the scopes that a tool needs means for the tokens that callers have. */
export function compareScopes(before: ScopeAlternatives, after: ScopeAlternatives): Finding[] {
  const suffices = (scopes: ScopeAlternatives, instead: ScopeAlternatives) =>
    scopes.every((held) => instead.some((needed) => needed.every((one) => held.includes(one))));
  const [had, has] = [alternativesOf(before), alternativesOf(after)];
  const oldTokensDo = suffices(had, has);
  const newTokensDid = suffices(has, had);
  if (oldTokensDo && newTokensDid) return [];
  const find = (code: Finding['code'], message: string): Finding[] => [
    { code, place: 'scopes', message, before: showScopes(before), after: showScopes(after) },
  ];
  const now = `${showScopes(after)} instead of ${showScopes(before)}`;
  if (isOpen(has))
    return find('SCOPES_DROPPED', `Any valid token will do now: it needed ${showScopes(before)}.`);
  if (isOpen(had)) return find('SCOPES_ADDED', `Needs ${showScopes(after)}: any valid token did.`);
  if (oldTokensDo) return find('SCOPES_LESS', `Needs less: ${now}.`);
  if (newTokensDid) return find('SCOPES_MORE', `Needs more: ${now}.`);
  return find('SCOPES_DIFFERENT', `Needs other scopes: ${now}.`);
}

/** The alternatives as people say them. */
export function showScopes(scopes: ScopeAlternatives): string {
  const alternatives = alternativesOf(scopes);
  if (isOpen(alternatives)) return 'no scope';
  return shorten(alternatives.map((alternative) => alternative.join(' ')).join(' or '));
}

/** Without an alternative, there is one that asks for nothing. */
function alternativesOf(scopes: ScopeAlternatives): ScopeAlternatives {
  return scopes.length === 0 ? [[]] : scopes;
}

function isOpen(alternatives: ScopeAlternatives): boolean {
  return alternatives.some((alternative) => alternative.length === 0);
}
