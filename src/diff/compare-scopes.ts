import type { ScopeAlternatives } from '../../templates/src/runtime/api.js';
import type { Finding } from './change.js';
import { shorten } from './show.js';

/** Changes of the scopes that a tool needs, for callers with existing tokens. */
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
    return find(
      'SCOPES_DROPPED',
      `No longer requires ${showScopes(before)}: any valid token is accepted.`,
    );
  if (isOpen(had))
    return find(
      'SCOPES_ADDED',
      `Now requires ${showScopes(after)}; any valid token was accepted before.`,
    );
  if (oldTokensDo) return find('SCOPES_LESS', `Requires less: ${now}.`);
  if (newTokensDid) return find('SCOPES_MORE', `Requires more: ${now}.`);
  return find('SCOPES_DIFFERENT', `Requires different scopes: ${now}.`);
}

/** The alternatives in words. */
export function showScopes(scopes: ScopeAlternatives): string {
  const alternatives = alternativesOf(scopes);
  if (isOpen(alternatives)) return 'no scope';
  return shorten(alternatives.map((alternative) => alternative.join(' ')).join(' or '));
}

/** An empty list means one alternative without requirements. */
function alternativesOf(scopes: ScopeAlternatives): ScopeAlternatives {
  return scopes.length === 0 ? [[]] : scopes;
}

function isOpen(alternatives: ScopeAlternatives): boolean {
  return alternatives.some((alternative) => alternative.length === 0);
}
