import { JSONPathEnvironment, JSONPathError, type JSONPathQuery } from 'json-p3';
import type { Problem } from '../../errors.js';
import { array, childOf, isObject, object, scalar } from '../../json.js';
import { targetOf } from '../../pointer.js';
import type { Json } from '../document.js';
import { maxDepth } from '../limits.js';
import { asBoolean } from '../upgrade/booleans.js';

/** One change of an overlay (OpenAPI Overlay 1.1, Action Object). */
export interface Action {
  /** Its place: `mine.overlay.yaml#/actions/2`. */
  readonly place: string;
  readonly target: JSONPathQuery;
  /** The target as it is written. */
  readonly text: string;
  readonly change:
    | { readonly kind: 'remove' }
    | { readonly kind: 'update'; readonly value: Json }
    | { readonly kind: 'copy'; readonly from: JSONPathQuery };
}

// `$..x` visits every level of the document.
const environment = new JSONPathEnvironment({ maxRecursionDepth: maxDepth + 1 });

/** The actions of an overlay, or its problems. */
export function readOverlay(
  overlay: Json,
  place: string,
): { actions: Action[]; problems: Problem[] } {
  const version = isObject(overlay) ? scalar(childOf(overlay, 'overlay')) : undefined;
  if (version === undefined)
    return invalid(place, 'Not an OpenAPI Overlay: the field "overlay" is missing.');
  if (!/^1(\.|$)/.test(version))
    return invalid(place, `Overlay ${JSON.stringify(version.slice(0, 20))} is not supported.`);
  const list = array(childOf(overlay, 'actions')).map((action) => withFields(action, overlay));
  if (list.length === 0) return invalid(`${place}#/actions`, 'The overlay has no actions.');
  const problems: Problem[] = [];
  const actions = list.flatMap((action, index) => {
    const at = `${place}#/actions/${index}`;
    const read = readAction(action, at);
    if (typeof read !== 'string') return [read];
    problems.push(problem(at, read));
    return [];
  });
  return { actions, problems };
}

/** An action with the fields of the reusable one that it refers to (OpenAPI Overlay 1.2). */
function withFields(action: Json, overlay: Json): Json {
  const reference = childOf(action, '$ref');
  if (typeof reference !== 'string') return action;
  return { ...object(childOf(targetOf(overlay, reference), 'fields')), ...object(action) };
}

function readAction(action: Json, place: string): Action | string {
  const text = childOf(action, 'target');
  if (typeof text !== 'string') return 'The action has no target.';
  const target = compile(text);
  if (typeof target === 'string')
    return `The target ${JSON.stringify(text)} is not a valid JSONPath: ${target}.`;
  const change = readChange(action);
  if (typeof change === 'string') return change;
  if (change.kind === 'remove' && text.trim() === '$')
    return 'The whole document cannot be removed.';
  return { place, target, text, change };
}

/** `remove` takes precedence over the others, and `update` over `copy`. */
function readChange(action: Json): Action['change'] | string {
  if (asBoolean(childOf(action, 'remove') ?? false) === true) return { kind: 'remove' };
  const value = childOf(action, 'update');
  if (value !== undefined) return { kind: 'update', value };
  const source = childOf(action, 'copy');
  if (typeof source !== 'string') return 'The action has no update, copy or remove.';
  const from = compile(source);
  return typeof from === 'string'
    ? `The source ${JSON.stringify(source)} is not a valid JSONPath: ${from}.`
    : { kind: 'copy', from };
}

function compile(path: string): JSONPathQuery | string {
  try {
    return environment.compile(path.trim());
  } catch (error) {
    if (!(error instanceof JSONPathError)) throw error;
    // Its message ends in an excerpt and an offset.
    return error.message.replace(/ \('[^]*$/, '');
  }
}

function invalid(place: string, message: string): { actions: Action[]; problems: Problem[] } {
  return { actions: [], problems: [problem(place, message)] };
}

function problem(place: string, message: string): Problem {
  return {
    code: 'INVALID_OVERLAY',
    message,
    place,
    remedy:
      "Follow the OpenAPI Overlay Specification; targets are JSONPath (RFC 9535), such as $.paths['/pets'].get.responses['200'].",
  };
}
