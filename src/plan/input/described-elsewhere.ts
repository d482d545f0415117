import type {
  RequestShape,
  SecurityRequirement,
  SecurityScheme,
} from '../../../templates/src/runtime/api.js';
import { essence } from '../../../templates/src/runtime/media.js';
import type { Problem } from '../../errors.js';
import type { Json, JsonObject } from '../../load/document.js';
import { array, object, own, text } from '../../json.js';
import { resolve } from '../../pointer.js';
import { isIgnoredHeader } from './headers.js';
import type { Operation } from '../operations/operations.js';
import { credentialKey } from './parameters.js';

type Schemes = Readonly<Record<string, SecurityScheme>>;

/**
 * The headers that OpenAPI describes elsewhere (Parameter Object: `Accept`, `Content-Type` and `Authorization` are
 * ignored), if the document requires another value than the one sent.
 */
export function ignoredHeaders(
  root: JsonObject,
  { parameters, place }: Operation,
  schemes: Schemes,
  request: RequestShape,
): Problem[] {
  return parameters.flatMap((parameter) => {
    const name = text(parameter['name']) ?? '';
    if (parameter['in'] !== 'header' || !isIgnoredHeader(name)) return [];
    const found =
      name.toLowerCase() === 'authorization'
        ? authorizationProblem(schemes, request)
        : typeProblem(root, parameter, name, request);
    return found === undefined ? [] : [{ code: 'PARAMETER_LEFT_OUT', place, ...found }];
  });
}

type Found = Pick<Problem, 'message' | 'remedy'>;

function authorizationProblem(schemes: Schemes, { security }: RequestShape): Found | undefined {
  const names = (security ?? []).flatMap(Object.keys);
  if (names.some((name) => placeOf(own(schemes, name)) === AUTHORIZATION)) return undefined;
  const isOpen = security === undefined && Object.keys(schemes).length === 0;
  const variables = isOpen
    ? 'UPSTREAM_BEARER_TOKEN'
    : 'UPSTREAM_BEARER_TOKEN and UPSTREAM_AUTH=bearer';
  return {
    message: 'The header Authorization is skipped: a model must not hold credentials.',
    remedy:
      security === undefined
        ? `Set ${variables} for the server, or describe a security scheme with --overlay.`
        : 'Describe a security scheme with --overlay, and set UPSTREAM_BEARER_TOKEN for the server.',
  };
}

function typeProblem(
  root: JsonObject,
  parameter: JsonObject,
  name: string,
  { accept = '*/*', body }: RequestShape,
): Found | undefined {
  const isAccept = name.toLowerCase() === 'accept';
  const bodies = body === undefined ? [] : [body, ...(body.others ?? [])];
  const sent = isAccept ? accept.split(',') : bodies.map(({ mediaType }) => mediaType);
  const values = valuesOf(root, parameter);
  const isRequired = parameter['required'] === true;
  const all = sent.some((type) => type.trim() === '*/*') ? [...sent, 'application/json'] : sent;
  const isSent = values.some((value) => all.some((type) => essence(type) === essence(value)));
  if (isSent || (values.length === 0 && !isRequired)) return undefined;
  if (sent.length === 0 && !isRequired) return undefined;
  const instead = sent.length === 0 ? 'nothing (there is no body)' : sent.join(',');
  const wanted = values.length === 0 ? 'the value from a caller' : values.slice(0, 3).join(', ');
  return {
    message: `The header ${name} is skipped: the server sends ${instead} instead of ${wanted}.`,
    remedy: `Describe the types of ${isAccept ? 'responses' : 'the body'} under content with --overlay.`,
  };
}

/** The values that a parameter may have, including those of its examples. */
function valuesOf(root: JsonObject, parameter: JsonObject): string[] {
  const schema = resolve(root, parameter['schema']);
  const listed = array(schema['enum']);
  const named = [schema['const'], schema['default'], parameter['example']];
  const shown = [...array(schema['examples']), ...Object.values(object(parameter['examples']))];
  const values = listed.length > 0 ? listed : [...named, ...shown.map(exampleOf)];
  return [...new Set(values.flatMap((value) => text(value) ?? []))];
}

function exampleOf(example: Json): Json {
  return object(example)['value'] ?? example;
}

const AUTHORIZATION = credentialKey('header', 'Authorization');

/** The place where the credential of a scheme is sent; undefined for a certificate. */
function placeOf(scheme: SecurityScheme | undefined): string | undefined {
  if (scheme === undefined || scheme.type === 'mutualTLS') return undefined;
  return scheme.type === 'apiKey' ? credentialKey(scheme.in, scheme.name) : AUTHORIZATION;
}

/** More alternatives than any real document has. */
const MOST_ALTERNATIVES = 16;

/**
 * Adds to the requirements of the document: if an operation declares the parameter that carries a scheme's credential,
 * the server sends the credential, because a model must not hold it.
 */
export function withDeclared(
  security: readonly SecurityRequirement[] | undefined,
  { parameters }: Operation,
  schemes: Schemes,
): readonly SecurityRequirement[] | undefined {
  return parameters.reduce<readonly SecurityRequirement[] | undefined>((before, parameter) => {
    const key = credentialKey(text(parameter['in']) ?? '', text(parameter['name']) ?? '');
    const names = Object.keys(schemes).filter((name) => placeOf(own(schemes, name)) === key);
    if (names.length === 0) return before;
    const stated = before === undefined || before.length === 0 ? [{}] : before;
    const isHeld = (requirement: SecurityRequirement) =>
      Object.keys(requirement).some((name) => placeOf(own(schemes, name)) === key);
    if (stated.every(isHeld)) return before;
    const after = stated.flatMap((requirement) => [
      ...(isHeld(requirement) ? [] : names.map((name) => ({ ...requirement, [name]: [] }))),
      ...(isHeld(requirement) || parameter['required'] !== true ? [requirement] : []),
    ]);
    return after.length > MOST_ALTERNATIVES ? before : after;
  }, security);
}
