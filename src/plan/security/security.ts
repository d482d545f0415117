import type {
  ScopeAlternatives,
  SecurityRequirement,
  SecurityScheme,
} from '../../../templates/src/runtime/api.js';
import type { Json, JsonObject } from '../../load/document.js';
import type { Problem } from '../../errors.js';
import { byCodeUnit, isObject, object, own, record, text, texts } from '../../json.js';
import type { Operation } from '../operations/operations.js';
import { credentialKey } from '../input/parameters.js';
import { formatPointer } from '../../pointer.js';
import { LeftOut } from '../left-out.js';
import { resolve } from '../reference.js';
import { variableNames } from '../servers/variables.js';

// RFC 9110 section 5.6.2, which names of headers and cookies are made of.
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

type Schemes = Readonly<Record<string, SecurityScheme>>;

/** The security schemes of the document that anything can be made of, by name. */
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
      message: `The security scheme ${name} is of no known kind: operations that need it cannot be called.`,
    }));
  return { schemes: record(planned.sort(([a], [b]) => byCodeUnit(a, b))), warnings };
}

/**
 * Which alternatives an operation's calls can be made with; undefined when the document does not say.
 *
 * @throws LeftOut when it says something that is no requirement: to guess would be to open what was meant to be shut
 */
export function planSecurity(
  root: JsonObject,
  operation: Operation,
): SecurityRequirement[] | undefined {
  const declared = operation.definition['security'] ?? root['security'];
  if (declared === undefined) return undefined;
  return (Array.isArray(declared) ? declared : [declared]).map(readRequirement);
}

function readRequirement(value: Json): SecurityRequirement {
  if (typeof value === 'string') return record([[value, []]]);
  if (!isObject(value)) throw unreadable(value);
  return record(
    Object.entries(value).map(([name, scopes]) => [name, readRequired(scopes)] as const),
  );
}

function readRequired(scopes: Json): string[] {
  if (scopes === null) return [];
  const list = typeof scopes === 'string' ? [scopes] : scopes;
  if (!Array.isArray(list) || texts(list).length !== list.length) throw unreadable(scopes);
  return texts(list);
}

function unreadable(value: Json): LeftOut {
  const shown = JSON.stringify(value).slice(0, 80);
  return new LeftOut(
    'INVALID_SECURITY',
    `${shown} is no security requirement`,
    'Write security as a list of objects: [{ scheme: [scope] }].',
  );
}

/**
 * The scopes that a caller of this server needs: those of the alternatives that name an OAuth 2 or OpenID Connect
 * scheme. The other alternatives say how this server may call the API, and free nobody from a scope.
 */
export function scopesFromSpec(
  security: readonly SecurityRequirement[] | undefined,
  schemes: Schemes,
): ScopeAlternatives {
  const alternatives = (security ?? []).flatMap((requirement) => {
    const oauth = Object.entries(requirement).filter(([name]) =>
      ['oauth2', 'openIdConnect'].includes(own(schemes, name)?.type ?? ''),
    );
    return oauth.length === 0
      ? []
      : [[...new Set(oauth.flatMap(([, scopes]) => scopes))].sort(byCodeUnit)];
  });
  return normalizeAlternatives(alternatives);
}

/** The alternatives without repetition; none when a valid token is enough. */
export function normalizeAlternatives(
  alternatives: readonly (readonly string[])[],
): ScopeAlternatives {
  if (alternatives.some((scopes) => scopes.length === 0)) return [];
  return [...new Map(alternatives.map((scopes) => [scopes.join(' '), scopes])).values()];
}

/** The parameters that carry the API's own credentials, which no caller may set. */
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
      return { type: 'http', scheme: text(scheme['scheme'])?.toLowerCase() ?? '' };
    case 'oauth2': {
      const tokenUrl = tokenUrlOf(scheme['flows'], documentUrl);
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

function planApiKey(scheme: JsonObject, variable: string): SecurityScheme | undefined {
  const place = (['header', 'query', 'cookie'] as const).find((known) => known === scheme['in']);
  const name = text(scheme['name']);
  const usable = name !== undefined && (place === 'query' || TOKEN.test(name));
  return place === undefined || !usable ? undefined : { type: 'apiKey', in: place, name, variable };
}

// The first that this server can use by itself; the others have a user's browser take part.
const FLOWS = ['clientCredentials', 'authorizationCode', 'password', 'deviceAuthorization'];

function tokenUrlOf(flows: Json | undefined, documentUrl: string | undefined): string | undefined {
  return FLOWS.map((flow) => endpoint(object(object(flows)[flow])['tokenUrl'], documentUrl)).find(
    (url) => url !== undefined,
  );
}

/** OpenAPI 3.2, OAuth Flow Object: a URL may be relative to the document's. What fetch refuses is none. */
function endpoint(value: Json | undefined, documentUrl: string | undefined): string | undefined {
  const written = text(value);
  if (written === undefined || !URL.canParse(written, documentUrl)) return undefined;
  const url = new URL(written, documentUrl);
  const usable = /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (!usable) return undefined;
  return URL.canParse(written) ? written : url.href;
}

/** `UPSTREAM_API_KEY` for a single key, else one variable a scheme; with `_FILE` they name files that hold the keys. */
function keyVariables(names: readonly string[]): Map<string, string> {
  return names.length === 1
    ? new Map(names.map((name) => [name, 'UPSTREAM_API_KEY']))
    : variableNames('UPSTREAM_API_KEY_', names, /(^|_)FILE$/);
}

/** What of an operation's requirements the document does not define. */
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
      message: `The security scheme ${name} is not defined; calls that need it fail until it is.`,
      remedy: 'Define it under components.securitySchemes.',
    }));
}
