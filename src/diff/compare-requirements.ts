import { byCodeUnit, record } from '../json.js';
import type { RequestShape } from '../../templates/src/runtime/api.js';
import type { Finding } from './change.js';
import { shorten } from './show.js';

type Security = RequestShape['security'];

/** Changes of the credentials that the API requires for an operation. */
export function compareRequirements(before: Security, after: Security): Finding[] {
  const [had, has] = [textOf(before), textOf(after)];
  if (had === has) return [];
  const find = (code: Finding['code'], message: string): Finding[] => [
    { code, place: 'security', message, before: shorten(had), after: shorten(has) },
  ];
  const now = `${shorten(has)} instead of ${shorten(had)}`;
  if (isDemanding(before) && !isDemanding(after))
    return find('UPSTREAM_SECURITY_LOST', `The API no longer requires credentials: ${now}.`);
  if (!isDemanding(before) && isDemanding(after))
    return find('UPSTREAM_SECURITY_GAINED', `The API now requires credentials: ${now}.`);
  if (textOf(withoutScopes(before)) === textOf(withoutScopes(after)))
    return find('UPSTREAM_SCOPES_CHANGED', `The API requires different scopes: ${now}.`);
  return find('UPSTREAM_SECURITY_CHANGED', `The API requires different credentials: ${now}.`);
}

/** Whether every alternative requires credentials. */
function isDemanding(security: Security): boolean {
  return (
    security !== undefined &&
    security.length > 0 &&
    security.every((requirement) => Object.keys(requirement).length > 0)
  );
}

function withoutScopes(security: Security): Security {
  return security?.map((requirement) =>
    record(Object.keys(requirement).map((scheme) => [scheme, []] as const)),
  );
}

/** Alternatives are ordered, because the first that can be satisfied is used; within one, the order is irrelevant. */
function textOf(security: Security): string {
  if (security === undefined) return 'unspecified';
  const alternatives = security.map((requirement) =>
    Object.entries(requirement)
      .map(([scheme, scopes]) => `${scheme}${scopes.length > 0 ? `(${listOf(scopes)})` : ''}`)
      .sort(byCodeUnit)
      .join(' and '),
  );
  const needsNothing = alternatives.every((alternative) => alternative === '');
  return needsNothing ? 'none' : alternatives.map((one) => one || 'none').join(' or ');
}

function listOf(scopes: readonly string[]): string {
  return [...new Set(scopes)].sort(byCodeUnit).join(' ');
}
