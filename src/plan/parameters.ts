import type { Parameter } from '../../templates/src/runtime/api.js';
import type { Json, JsonObject } from '../load/document.js';
import type { Problem } from '../errors.js';
import { chooseArgumentNames } from './argument-names.js';
import { isObject, object, record, text } from '../json.js';
import type { Operation } from './operations.js';

/** One argument of a tool that becomes a parameter of the request. */
export interface PlannedParameter {
  /** The name of the argument. */
  readonly argument: string;
  readonly required: boolean;
  /** The parameter's schema as the document has it, with what the Parameter Object says about it. */
  readonly schema: Json;
  /** What stands beside the schema: description, deprecated, examples. */
  readonly notes: JsonObject;
  readonly shape: Parameter;
}

// RFC 9110 section 5.6.2: token.
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const PLACES = ['path', 'query', 'header', 'cookie'] as const;
const STYLES = [
  'simple',
  'label',
  'matrix',
  'form',
  'spaceDelimited',
  'pipeDelimited',
  'deepObject',
] as const;

// OpenAPI 3.1, Parameter Object: these three are described elsewhere and ignored here. The rest belong to the
// connection, to this server, or to its credentials; a caller must not set them.
const IGNORED_HEADERS = ['accept', 'content-type', 'authorization'];
const FORBIDDEN_HEADERS = [
  'host',
  'cookie',
  'set-cookie',
  'content-length',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'origin',
  'referer',
  'forwarded',
  'via',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
];
const FORBIDDEN_PREFIX = /^(proxy|sec|x-forwarded)-/;

/** The arguments for an operation's parameters, in the document's order. `reserved` names are taken already. */
export function planParameters(
  operation: Operation,
  credentials: ReadonlySet<string>,
  reserved: readonly string[],
): { parameters: PlannedParameter[]; warnings: Problem[] } {
  const warnings: Problem[] = [];
  const declared = operation.parameters.flatMap(
    (parameter) => readParameter(parameter, operation, credentials, warnings) ?? [],
  );
  const all = [...declared, ...undeclaredPathParameters(operation, declared, warnings)];
  const keys = chooseArgumentNames(
    all.map(({ shape }) => shape),
    reserved,
  );
  const parameters = all.map((parameter, index): PlannedParameter => {
    const argument = keys[index] ?? parameter.shape.name;
    return {
      ...parameter,
      argument,
      shape: argument === parameter.shape.name ? parameter.shape : { ...parameter.shape, argument },
    };
  });
  return { parameters, warnings };
}

/** The identity of a parameter that carries a credential, as `planParameters` wants it. */
export function credentialKey(place: string, name: string): string {
  return JSON.stringify([place, place === 'header' ? name.toLowerCase() : name]);
}

type Unnamed = Omit<PlannedParameter, 'argument'>;

function readParameter(
  parameter: JsonObject,
  operation: Operation,
  credentials: ReadonlySet<string>,
  warnings: Problem[],
): Unnamed | undefined {
  const name = text(parameter['name']);
  const place = PLACES.find((known) => known === parameter['in']);
  const fault = faultOf(name, place, operation);
  if (fault !== undefined)
    warnings.push({ code: 'PARAMETER_LEFT_OUT', place: operation.place, message: fault });
  if (fault !== undefined || name === undefined || place === undefined) return undefined;
  if (place === 'header' && IGNORED_HEADERS.includes(name.toLowerCase())) return undefined;
  if (credentials.has(credentialKey(place, name))) return undefined;
  const [mediaType, media] = Object.entries(object(parameter['content']))[0] ?? [];
  const { description, deprecated, example, examples } = parameter;
  return {
    required: place === 'path' || parameter['required'] === true,
    schema: (mediaType === undefined ? parameter['schema'] : object(media)['schema']) ?? {},
    notes: record<Json>(Object.entries({ description, deprecated, example, examples })),
    shape: {
      name,
      in: place,
      ...(mediaType === undefined ? styleOf(parameter, place) : { content: mediaType }),
    },
  };
}

function faultOf(
  name: string | undefined,
  place: Parameter['in'] | undefined,
  { path }: Operation,
): string | undefined {
  if (name === undefined) return 'A parameter without a name is left out.';
  if (place === undefined)
    return `The parameter ${name} is left out: its "in" is not one of ${PLACES.join(', ')}.`;
  if (place === 'path' && !path.includes(`{${name}}`))
    return `The path parameter ${name} is left out: the path has no {${name}}.`;
  const lower = name.toLowerCase();
  const settable =
    !FORBIDDEN_HEADERS.includes(lower) && !FORBIDDEN_PREFIX.test(lower) && HEADER_NAME.test(name);
  return place === 'header' && !settable
    ? `The header ${name} is left out: a caller must not set it.`
    : undefined;
}

// Only what differs from the specification's defaults is stated.
function styleOf(
  parameter: JsonObject,
  place: Parameter['in'],
): Pick<Parameter, 'style' | 'explode' | 'allowReserved'> {
  const usual = place === 'query' || place === 'cookie' ? 'form' : 'simple';
  const style = STYLES.find((known) => known === parameter['style']) ?? usual;
  const { explode } = parameter;
  return {
    ...(style !== usual && { style }),
    ...(typeof explode === 'boolean' && explode !== (style === 'form') && { explode }),
    ...(parameter['allowReserved'] === true && { allowReserved: true }),
  };
}

function undeclaredPathParameters(
  { path, place }: Operation,
  declared: readonly Unnamed[],
  warnings: Problem[],
): Unnamed[] {
  const known = new Set(
    declared.filter(({ shape }) => shape.in === 'path').map(({ shape }) => shape.name),
  );
  const names = [
    ...new Set([...path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? '')),
  ].filter((name) => !known.has(name));
  return names.map((name) => {
    warnings.push({
      code: 'UNDECLARED_PATH_PARAMETER',
      place,
      message: `{${name}} stands in the path and is declared nowhere; it becomes a required string.`,
      remedy: 'Declare the path parameter.',
    });
    return { required: true, schema: { type: 'string' }, notes: {}, shape: { name, in: 'path' } };
  });
}

/** Whether a parameter's notes describe it beyond its schema. */
export function withNotes(schema: Json, notes: JsonObject): Json {
  if (Object.keys(notes).length === 0) return schema;
  return isObject(schema) ? { ...schema, ...notes } : notes;
}
