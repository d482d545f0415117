import { byCodeUnit } from '../json.js';
import { severityOf, SEVERITIES, type ChangeCode, type Severity } from './codes.js';

/** One difference between two APIs, anywhere in them. Texts are unescaped, as they are in the document. */
export interface Finding {
  readonly code: ChangeCode;
  /** One sentence. */
  readonly message: string;
  /** Inside the tool (`body.items[].name`, `annotations.readOnlyHint`) or the API (`securitySchemes.key`). */
  readonly place?: string;
  /** The old value, shortened; undefined: there was no value. */
  readonly before?: string;
  /** The new value, shortened; undefined: there is no value. */
  readonly after?: string;
}

/** One difference between two APIs, and its effect on users of the project. */
export interface Change extends Finding {
  readonly gravity: Severity;
  /** The tool's old name, or the name of a new tool. Undefined: the change affects the whole API. */
  readonly tool?: string;
  /** Method and path of the tool: `GET /pets/{petId}`. */
  readonly operation?: string;
}

/** Turns a finding into a change of the whole API or of one tool. */
export function toChange(
  finding: Finding,
  subject: { readonly tool?: string; readonly operation?: string } = {},
): Change {
  return { gravity: severityOf(finding.code), ...subject, ...finding };
}

/** Each change once, by severity, then tool (the whole API first), then place. */
export function sortChanges(changes: readonly Change[]): Change[] {
  const unique = new Map(changes.map((change) => [keyOf(change), change]));
  return [...unique.entries()]
    .toSorted(
      ([keyA, a], [keyB, b]) =>
        SEVERITIES.indexOf(a.gravity) - SEVERITIES.indexOf(b.gravity) ||
        byCodeUnit(a.tool ?? '', b.tool ?? '') ||
        byCodeUnit(a.place ?? '', b.place ?? '') ||
        byCodeUnit(keyA, keyB),
    )
    .map(([, change]) => change);
}

function keyOf({ tool, place, code, message }: Change): string {
  return JSON.stringify([tool, place, code, message]);
}
