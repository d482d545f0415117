import type { Parameter } from '../../../templates/src/runtime/api.js';
import type { Json, JsonObject } from '../../load/document.js';
import type { Problem } from '../../errors.js';
import { chooseArgumentNames, legalKey } from './argument-names.js';
import { isIgnoredHeader } from './headers.js';
import { faultOf, PLACES } from './parameter-faults.js';
import type { Operation } from '../operations/operations.js';
import { isObject, object, record, scalar, text } from '../../json.js';
import { resolve } from '../../pointer.js';
import { templateNames, type PathTemplate } from '../operations/path-template.js';
import { beside } from '../schema/adjust.js';

/** One argument of a tool that becomes a parameter of the request. */
export interface PlannedParameter {
  /** The name of the argument. */
  readonly argument: string;
  readonly required: boolean;
  /** The parameter's schema as it is in the document, with the fields of the Parameter Object that restrict it. */
  readonly schema: Json;
  /** Description, deprecated and examples from the Parameter Object. */
  readonly notes: JsonObject;
  readonly shape: Parameter;
}

const STYLES = [
  'simple',
  'label',
  'matrix',
  'form',
  'cookie',
  'spaceDelimited',
  'pipeDelimited',
  'tabDelimited',
  'deepObject',
] as const;

/** What else an operation has that its parameters depend on. */
interface Beside {
  readonly credentials: ReadonlySet<string>;
  /** Names that are already taken. */
  readonly reserved: readonly string[];
  /** Whether its body is a file, and not text that the server writes. */
  readonly sendsBytes: boolean;
}

/** The arguments for an operation's parameters, in the document's order. */
export function planParameters(
  root: JsonObject,
  operation: Operation,
  others: Beside,
): { parameters: PlannedParameter[]; warnings: Problem[] } {
  const warnings: Problem[] = [];
  const declared = operation.parameters.flatMap(
    (parameter) => readParameter(root, parameter, operation, others, warnings) ?? [],
  );
  const all = [...declared, ...undeclaredPathParameters(operation, declared, warnings)];
  const keys = chooseArgumentNames(
    all.map(({ shape }) => shape),
    others.reserved,
  );
  const parameters = all.map((parameter, index): PlannedParameter => {
    const argument = keys[index] ?? parameter.shape.name;
    return {
      ...parameter,
      notes: withTrace(root, parameter, argument),
      argument,
      shape: argument === parameter.shape.name ? parameter.shape : { ...parameter.shape, argument },
    };
  });
  return { parameters, warnings };
}

/** The description of a parameter, including its real name if an argument name cannot express it. */
function withTrace(
  root: JsonObject,
  { shape: { name }, schema, notes }: Unnamed,
  argument: string,
): JsonObject {
  const isAscii = /^[\0-\x7f]*$/.test(name);
  const legal = legalKey(name);
  // `DateSent<` and `DateSent>`: without their last characters, they have the same name.
  if (isAscii && (legal === name || legal === argument)) return notes;
  const isTitled = text(resolve(root, schema)['title']) !== undefined;
  if (!isAscii && !isTitled) return { title: name, ...notes };
  const trace = isAscii ? `Sent as ${name}` : name;
  return { ...notes, description: [trace, text(notes['description'])].filter(Boolean).join(': ') };
}

/** The identity of a parameter that carries a credential, in the form that `planParameters` expects. */
export function credentialKey(place: string, name: string): string {
  return JSON.stringify([place, place === 'header' ? name.toLowerCase() : name]);
}

type Unnamed = Omit<PlannedParameter, 'argument'>;

function readParameter(
  root: JsonObject,
  parameter: JsonObject,
  operation: Operation,
  { credentials, sendsBytes }: Beside,
  warnings: Problem[],
): Unnamed | undefined {
  const name = scalar(parameter['name']) || undefined;
  const place = PLACES.find((known) => known === parameter['in']);
  const fault = faultOf(name, place, operation, sendsBytes);
  if (fault !== undefined)
    warnings.push({ code: 'PARAMETER_LEFT_OUT', place: operation.place, ...fault });
  if (fault !== undefined || name === undefined || place === undefined) return undefined;
  if (place === 'header' && isIgnoredHeader(name)) return undefined;
  if (credentials.has(credentialKey(place, name))) return undefined;
  const [mediaType, media] = Object.entries(object(parameter['content']))[0] ?? [];
  const { description, deprecated, examples, example = parameter['x-example'] } = parameter;
  const schema = (mediaType === undefined ? parameter['schema'] : object(media)['schema']) ?? {};
  const { queries, styles } = operation;
  const isQuery = place === 'path' && queries.has(name);
  const required = !isQuery && (place === 'path' || parameter['required'] === true);
  const value = required || selectsVersion(place, name) ? onlyValue(root, schema) : undefined;
  // An empty version is none: an API that takes requests without a version may refuse it.
  const fallback = !required && value === '' ? undefined : value;
  return {
    required: required && fallback === undefined,
    schema,
    notes: record<Json>([
      ['description', text(description)],
      ...Object.entries({ deprecated, example, examples }),
    ]),
    shape: {
      name: place === 'query' || isQuery ? (queries.get(name) ?? name) : name,
      in: isQuery ? 'query' : place,
      ...(mediaType === undefined
        ? styleOf(parameter, isQuery ? 'query' : place, styles.get(name))
        : { content: mediaType }),
      ...(fallback !== undefined && { default: fallback }),
    },
  };
}

/**
 * Whether a parameter selects the version of the API, which may change under a caller that leaves it out. `If-Version`
 * and `X-Expected-Version` are conditions on what is changed.
 */
function selectsVersion(place: Parameter['in'], name: string): boolean {
  return (
    place === 'header' ? /^(?!.*(if|expected)-?version).*version$/i : /api[-_.]?version$/i
  ).test(name);
}

/** The value of a parameter that allows only one: asking a model for it would invite mistakes. */
function onlyValue(root: JsonObject, schema: Json): Json | undefined {
  const { default: fallback, const: constant, enum: values } = resolve(root, schema);
  const [single] = Array.isArray(values) && values.length === 1 ? values : [];
  return fallback ?? constant ?? single ?? undefined;
}

// Only differences from the specification's defaults are stated.
function styleOf(
  parameter: JsonObject,
  place: Parameter['in'],
  written: 'segments' | 'matrix' | undefined,
): Pick<Parameter, 'style' | 'explode' | 'allowReserved'> {
  const fallback = place === 'query' || place === 'cookie' ? 'form' : 'simple';
  // Azure's documents use this for values with slashes, which their clients send unencoded.
  const isEncoded = parameter['x-ms-skip-url-encoding'] === true;
  if (place === 'path' && (isEncoded || written === 'segments')) return { style: 'segments' };
  const style = STYLES.find((known) => known === parameter['style']) ?? written ?? fallback;
  const { explode } = parameter;
  const exploded = style === 'form' || style === 'cookie';
  return {
    ...(style !== fallback && { style }),
    ...(typeof explode === 'boolean' && explode !== exploded && { explode }),
    ...((parameter['allowReserved'] === true || (isEncoded && place === 'query')) && {
      allowReserved: true,
    }),
  };
}

function undeclaredPathParameters(
  operation: Operation,
  declared: readonly Unnamed[],
  warnings: Problem[],
): Unnamed[] {
  const known = new Set(
    declared.filter(({ shape }) => shape.in === 'path').map(({ shape }) => shape.name),
  );
  const names = templateNames(operation.template).filter((name) => !known.has(name));
  const inPath = names.map((name): Unnamed => {
    warnings.push({
      code: 'UNDECLARED_PATH_PARAMETER',
      place: operation.place,
      message: `Path parameter {${name}} is used but not declared; it becomes a required string.`,
      remedy: 'Declare the path parameter.',
    });
    const style = operation.styles.get(name);
    return {
      required: true,
      schema: { type: 'string' },
      notes: {},
      shape: { name, in: 'path', ...(style !== undefined && { style }) },
    };
  });
  return [...inPath, ...undeclaredQueries(operation, declared)];
}

/** RFC 6570 section 3.2.8: the names in `{?limit,offset}` are optional. */
function undeclaredQueries({ queries }: PathTemplate, declared: readonly Unnamed[]): Unnamed[] {
  const known = declared.map(({ shape }) => shape.name);
  return [...queries.values()]
    .filter((name) => !known.includes(name))
    .map((name) => ({ required: false, schema: {}, notes: {}, shape: { name, in: 'query' } }));
}

/** The schema, with its parameter's description. */
export function withNotes(schema: Json, notes: JsonObject): Json {
  if (isObject(schema)) return beside(schema, notes);
  return Object.keys(notes).length === 0 ? schema : notes;
}
