import { byCodeUnit } from '../json.js';
import { gravityOf, GRAVITIES, type ChangeCode, type Gravity } from './codes.js';

/** One difference between two APIs, wherever in them it is. Texts hold what the document holds, unescaped. */
export interface Finding {
  readonly code: ChangeCode;
  /** One sentence. */
  readonly message: string;
  /** Inside the tool (`body.items[].name`, `annotations.readOnlyHint`) or the API (`securitySchemes.key`). */
  readonly place?: string;
  /** What it was, in short; absent: there was nothing. */
  readonly before?: string;
  /** What it is, in short; absent: there is nothing. */
  readonly after?: string;
}

/** One difference between two APIs, and what it means for those who use the project. */
export interface Change extends Finding {
  readonly gravity: Gravity;
  /** The name that the tool has had; a new tool's is its new one. Absent: the change is one of the whole API. */
  readonly tool?: string;
  /** Method and path of the tool: `GET /pets/{petId}`. */
  readonly operation?: string;
}

/** A finding as a change of the whole API or of one tool. */
export function toChange(
  finding: Finding,
  subject: { readonly tool?: string; readonly operation?: string } = {},
): Change {
  return { gravity: gravityOf(finding.code), ...subject, ...finding };
}

/** Every change once, by gravity, then tool (the whole API first), then place. */
export function sortChanges(changes: readonly Change[]): Change[] {
  const unique = new Map(changes.map((change) => [keyOf(change), change]));
  return [...unique.entries()]
    .toSorted(
      ([keyA, a], [keyB, b]) =>
        GRAVITIES.indexOf(a.gravity) - GRAVITIES.indexOf(b.gravity) ||
        byCodeUnit(a.tool ?? '', b.tool ?? '') ||
        byCodeUnit(a.place ?? '', b.place ?? '') ||
        byCodeUnit(keyA, keyB),
    )
    .map(([, change]) => change);
}

function keyOf({ tool, place, code, message }: Change): string {
  return JSON.stringify([tool, place, code, message]);
}
