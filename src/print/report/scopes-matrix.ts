import type { Api } from '../../../templates/src/runtime/api.js';
import { byCodeUnit } from '../../json.js';
import { scopesOf } from '../../emit/scopes-file.js';

/** A mark for a scope, or the empty columns between two marks as one cell: most of a large matrix is empty. */
export interface Cell {
  readonly columns: number;
  readonly mark: string;
  readonly scope: string;
}

/** Every scope that a tool needs, in code unit order. */
export function scopeColumns(api: Api): string[] {
  const scopes = api.tools.flatMap(({ name }) => scopesOf(api, name).flat());
  return [...new Set(scopes)].sort(byCodeUnit);
}

/** The row of a tool: `●` for a scope that it needs or, if it has alternatives, the numbers of those with the scope. */
export function scopeRow(api: Api, tool: string, columns: readonly string[]): Cell[] {
  const alternatives = scopesOf(api, tool);
  const cells: Cell[] = [];
  let empty = 0;
  const closeGap = () => {
    if (empty > 0) cells.push({ columns: empty, mark: '', scope: '' });
    empty = 0;
  };
  for (const scope of columns) {
    const mark = markOf(alternatives, scope);
    if (mark === '') empty += 1;
    else {
      closeGap();
      cells.push({ columns: 1, mark, scope });
    }
  }
  closeGap();
  return cells;
}

function markOf(alternatives: Api['scopes'][string], scope: string): string {
  const places = alternatives.flatMap((one, index) => (one.includes(scope) ? [index + 1] : []));
  if (places.length === 0) return '';
  return alternatives.length === 1 ? '●' : places.join(' ');
}
