import type {
  ScopeAlternatives,
  SecurityRequirement,
  SecurityScheme,
} from '../../../templates/src/runtime/api.js';
import { isHeaderName } from '../../../templates/src/runtime/http.js';
import { parseUrl } from '../../../templates/src/runtime/text.js';
import type { Json, JsonObject } from '../../load/document.js';
import type { Problem } from '../../errors.js';
import { byCodeUnit, isObject, object, own, record, text, texts } from '../../json.js';
import type { Operation } from '../operations/operations.js';
import { credentialKey } from '../input/parameters.js';
import { formatPointer, resolve } from '../../pointer.js';
import { LeftOut } from '../left-out.js';
import { webUrl } from '../servers/server-url.js';
import { variableNames } from '../servers/variables.js';

type Schemes = Readonly<Record<string, SecurityScheme>>;

/** The supported security schemes of the document, by name. */
export function planSchemes(
  root: JsonObject,
  documentUrl: string | undefined,
): { schemes: Schemes; warnings: Problem[] } {
  const declared = Object.entries(object(object(root['components'])['securitySchemes'])).map(
    ([name, value]) => [name, resolve(root, value)] as const,
  );
  const variables = keyVariables(
    declared.filter(([, scheme]) => scheme['type'] === 'apiKey').map(([name]) => name),
  );
  const planned = declared.map(
    ([name, scheme]) => [name, planScheme(scheme, variables.get(name) ?? '', documentUrl)] as const,
  );
  const warnings = planned
    .filter(([, scheme]) => scheme === undefined)
    .map(([name]): Problem => ({
      code: 'UNKNOWN_SECURITY_SCHEME',
      place: formatPointer(['components', 'securitySchemes', name]),
      message: `The security scheme ${name} is incomplete or has an unknown type; operations that need it cannot be called.`,
    }));
  return { schemes: record(planned.sort(([a], [b]) => byCodeUnit(a, b))), warnings };
}

/**
 * The alternatives that authenticate an operation's calls; undefined when the document does not state any. @throws
 * LeftOut for an invalid requirement: guessing could open an operation that was meant to be closed
 */
export function planSecurity(
  root: JsonObject,
  operation: Operation,
): SecurityRequirement[] | undefined {
  const declared = operation.definition['security'] ?? root['security'];
  // `security:` without a value: the document's own applies, if it has one.
  if (declared === undefined || declared === null) return undefined;
  const defined = Object.keys(object(object(root['components'])['securitySchemes']));
  return (Array.isArray(declared) ? declared : [declared]).map((requirement) =>
    readRequirement(requirement, defined),
  );
}

function readRequirement(value: Json, defined: readonly string[]): SecurityRequirement {
  if (typeof value === 'string') return record([[definedName(value, defined), []]]);
  if (!isObject(value)) throw unreadable(value);
  return record(
    Object.entries(value).map(
      ([name, scopes]) => [definedName(name, defined), readRequired(scopes)] as const,
    ),
  );
}

/** Documents write `api_key` here for a scheme that they define as `apiKey`. */
function definedName(name: string, defined: readonly string[]): string {
  const plain = (text: string) => text.toLowerCase().replace(/[-_ ]/g, '');
  const alike = defined.filter((other) => plain(other) === plain(name));
  return alike.length === 1 && alike[0] !== undefined ? alike[0] : name;
}

function readRequired(scopes: Json): string[] {
  if (scopes === null) return [];
  const list = typeof scopes === 'string' ? [scopes] : scopes;
  if (!Array.isArray(list) || texts(list).length !== list.length) throw unreadable(scopes);
  // No scope has a space (RFC 6749 section 3.3): some documents write several scopes as one text.
  return texts(list).flatMap((scope) => scope.split(/\s+/).filter((one) => one !== ''));
}

function unreadable(value: Json): LeftOut {
  const shown = JSON.stringify(value).slice(0, 80);
  return new LeftOut(
    'INVALID_SECURITY',
    `${shown} is not a security requirement`,
    'Write `security` as a list of objects: [{ scheme: [scope] }].',
  );
}

/**
 * The scopes that a caller of this server needs: those of the alternatives with an OAuth 2 or OpenID Connect scheme, or
 * with one that the document does not define, but names scopes of. The other alternatives describe how this server may
 * call the API; they do not exempt a caller from a scope.
 */
export function scopesFromSpec(
  security: readonly SecurityRequirement[] | undefined,
  schemes: Schemes,
): ScopeAlternatives {
  const alternatives = (security ?? []).flatMap((requirement) => {
    const oauth = Object.entries(requirement).filter(([name, scopes]) => {
      const type = own(schemes, name)?.type ?? (scopes.length > 0 ? 'oauth2' : undefined);
      return type === 'oauth2' || type === 'openIdConnect';
    });
    return oauth.length === 0
      ? []
      : [[...new Set(oauth.flatMap(([, scopes]) => scopes))].sort(byCodeUnit)];
  });
  return normalizeAlternatives(alternatives);
}

/** The alternatives without duplicates; empty when a valid token is enough. */
export function normalizeAlternatives(
  alternatives: readonly (readonly string[])[],
): ScopeAlternatives {
  if (alternatives.some((scopes) => scopes.length === 0)) return [];
  return [...new Map(alternatives.map((scopes) => [scopes.join(' '), scopes])).values()];
}

/** The parameters that carry the API's own credentials, which callers must not set. */
export function credentialParameters(schemes: Schemes): Set<string> {
  return new Set(
    Object.values(schemes).flatMap((scheme) =>
      scheme.type === 'apiKey' ? [credentialKey(scheme.in, scheme.name)] : [],
    ),
  );
}

function planScheme(
  scheme: JsonObject,
  variable: string,
  documentUrl: string | undefined,
): SecurityScheme | undefined {
  switch (scheme['type']) {
    case 'apiKey':
      return planApiKey(scheme, variable);
    case 'http':
      return { type: 'http', scheme: httpScheme(scheme) };
    case 'oauth2': {
      const tokenUrl = tokenUrlOf(scheme, documentUrl);
      return { type: 'oauth2', ...(tokenUrl !== undefined && { tokenUrl }) };
    }
    case 'openIdConnect': {
      const openIdConnectUrl = endpoint(scheme['openIdConnectUrl'], documentUrl) ?? '';
      return { type: 'openIdConnect', openIdConnectUrl };
    }
    case 'mutualTLS':
      return { type: 'mutualTLS' };
    default:
      return undefined;
  }
}

/** Only bearer tokens have a format, so with one the scheme may be missing. */
function httpScheme({ scheme, bearerFormat }: JsonObject): string {
  return text(scheme)?.toLowerCase() ?? (bearerFormat === undefined ? '' : 'bearer');
}

function planApiKey(scheme: JsonObject, variable: string): SecurityScheme | undefined {
  const place = (['header', 'query', 'cookie'] as const).find((known) => known === scheme['in']);
  const name = text(scheme['name']);
  const usable = name !== undefined && (place === 'query' || isHeaderName(name));
  return place === undefined || !usable ? undefined : { type: 'apiKey', in: place, name, variable };
}

// This server can use the first by itself; the others involve a user's browser.
const FLOWS = ['clientCredentials', 'authorizationCode', 'password', 'deviceAuthorization'];

function tokenUrlOf(scheme: JsonObject, documentUrl: string | undefined): string | undefined {
  const flows = object(scheme['flows']);
  // Some documents misspell flows, and some have no `flows`, as in Swagger 2.0.
  const holders = [...FLOWS.map((flow) => flows[flow]), ...Object.values(flows), scheme];
  return holders
    .map((holder) => endpoint(object(holder)['tokenUrl'], documentUrl))
    .find((url) => url !== undefined);
}

/** OpenAPI 3.2, OAuth Flow Object: a URL may be relative to the document's. URLs that fetch refuses are ignored. */
function endpoint(value: Json | undefined, documentUrl: string | undefined): string | undefined {
  const written = text(value);
  const url = webUrl(written, documentUrl);
  return url && (written !== undefined && parseUrl(written) ? written : url.href);
}

/**
 * `UPSTREAM_API_KEY` for a single key, otherwise one variable per scheme. With `_FILE`, they name files with the keys.
 */
function keyVariables(names: readonly string[]): Map<string, string> {
  return names.length === 1
    ? new Map(names.map((name) => [name, 'UPSTREAM_API_KEY']))
    : variableNames('UPSTREAM_API_KEY_', names, /(^|_)FILE$/);
}

/** Schemes that an operation requires but the document does not define. */
export function unknownSchemes(
  operation: Operation,
  security: readonly SecurityRequirement[] | undefined,
  schemes: Schemes,
): Problem[] {
  const names = [...new Set((security ?? []).flatMap((requirement) => Object.keys(requirement)))];
  return names
    .filter((name) => own(schemes, name) === undefined)
    .map((name) => ({
      code: 'UNDEFINED_SECURITY_SCHEME',
      place: operation.place,
      message: `The security scheme ${name} is not defined. Calls that need it will fail.`,
      remedy: 'Define it under components.securitySchemes.',
    }));
}
