import type { ToolAnnotations } from '../../../templates/src/runtime/api.js';
import { object, text } from '../../json.js';
import type { JsonObject } from '../../load/document.js';
import { hintsOf } from '../../methods.js';
import { slug } from '../operations/names.js';
import type { Operation } from '../operations/operations.js';
import { readCuration } from './curation.js';

/** Words for operations that reach people or systems outside the API. */
const OUTWARD =
  /(^|_)(re)?(send|sends|publish|publishes|broadcast|broadcasts|notify|notifies|invite|invites|share|shares|tweet|tweets|announce|announces|sms|webhook|webhooks)(_|$)/;

const WRITING = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** The hints of a tool, by its method and, for those that write, by whether the operation mentions sending. */
export function annotate(operation: Operation): ToolAnnotations {
  const { method } = operation;
  const hints = hintsOf(method);
  const openWorldHint = !hints.readOnlyHint && (!WRITING.includes(method) || reachesOut(operation));
  return { ...hints, openWorldHint };
}

/** Whether an operation only reads: by its method, unless `x-mcp.annotations` corrects that. */
export function isReading(root: JsonObject, operation: Operation): boolean {
  const { readOnlyHint } = readCuration(root, operation).curation.annotations;
  return readOnlyHint ?? annotate(operation).readOnlyHint;
}

/**
 * Whether a tool that writes can change something outside the API: it has callbacks, or its operationId, path or
 * summary mentions sending. ChatGPT uses `openWorldHint` in this sense, and the README states the rule.
 */
function reachesOut({ definition, operationId, path }: Operation): boolean {
  const words = [operationId ?? '', path, text(definition['summary']) ?? ''];
  const spaced = words.map((word) => slug(word.replace(/([a-z0-9])([A-Z])/g, '$1 $2'), '_'));
  return (
    Object.keys(object(definition['callbacks'])).length > 0 ||
    spaced.some((word) => OUTWARD.test(word))
  );
}
