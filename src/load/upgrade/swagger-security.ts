import type { Json, Report } from '../document.js';
import { isObject } from '../../json.js';

type Entry = [name: string, scheme: Json];

/** Upgrades security definitions of a 2.0 document. */
export function upgradeSecuritySchemes(entries: readonly Entry[], report: Report): Entry[] {
  return entries.map(([name, scheme]) => [name, upgradeScheme(name, scheme, report)]);
}

function upgradeScheme(name: string, scheme: Json, report: Report): Json {
  if (!isObject(scheme)) return scheme;
  if (scheme['type'] === 'basic') return { ...scheme, type: 'http', scheme: 'basic' };
  if (scheme['type'] !== 'oauth2') return scheme;
  const { flow, authorizationUrl, tokenUrl, scopes, ...rest } = scheme;
  const renamed = flows.get(typeof flow === 'string' ? flow : '');
  if (renamed === undefined) report(unknownFlow(name));
  const details = {
    ...(authorizationUrl !== undefined && { authorizationUrl }),
    ...(tokenUrl !== undefined && { tokenUrl }),
    scopes: isObject(scopes) ? scopes : {},
  };
  return { ...rest, flows: renamed === undefined ? {} : { [renamed]: details } };
}

const flows = new Map([
  ['implicit', 'implicit'],
  ['password', 'password'],
  ['application', 'clientCredentials'],
  ['accessCode', 'authorizationCode'],
]);

function unknownFlow(name: string) {
  return {
    code: 'UNKNOWN_FLOW',
    message: 'The OAuth flow is none that OpenAPI 2.0 knows; it is left out.',
    place: `#/securityDefinitions/${name}/flow`,
    remedy: 'Use implicit, password, application or accessCode.',
  };
}
