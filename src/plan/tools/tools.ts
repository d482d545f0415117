import { InputError, type Problem } from '../../errors.js';
import { isReading } from './annotations.js';
import { readCuration } from './curation.js';
import { byCodeUnit } from '../../json.js';
import { nameTools } from '../operations/names.js';
import { attempt } from '../left-out.js';
import { listOperations } from '../operations/operations.js';
import { matching, selectOperations } from '../operations/select.js';
import { authenticationOf } from '../options.js';
import { planTool, type PlannedTool, type ToolContext } from './tool.js';
import { checkKeys } from './x-mcp.js';

/**
 * The tools, in code unit order of their names. @throws InputError when `x-mcp` contains an unreadable setting about
 * access, and the server requires tokens
 */
export function planTools(context: ToolContext): {
  tools: (PlannedTool & { readonly place: string; readonly tag: string | undefined })[];
  warnings: Problem[];
} {
  const { document, options } = context;
  const root = document.openapi;
  const { operations, warnings } = listOperations(root);
  const { selected: chosen, warnings: selection } = selectOperations(
    operations,
    options.include ?? [],
    options.exclude ?? [],
  );
  const selected =
    options.readOnly === true ? chosen.filter((one) => isReading(root, one)) : chosen;
  const pins = matching(selected, options.pin ?? [], '--pin');
  const read = selected.map((operation) => ({ operation, ...readCuration(root, operation) }));
  const keys = checkKeys(root, chosen);
  const faults = [...keys.faults, ...read.flatMap((entry) => entry.faults)];
  if (authenticationOf(options) === 'oauth2' && faults.length > 0) throw new InputError(faults);
  const curated = read.filter(({ curation }) => curation.enabled);
  const curations = new Map(curated.map(({ operation, curation }) => [operation, curation]));
  const { names, warnings: naming } = nameTools(
    [...curations.keys()],
    (operation) => curations.get(operation)?.name,
  );
  const broken: Problem[] = [];
  const planned = curated.flatMap(({ operation, curation }) => {
    const made = attempt(operation.place, broken, () =>
      planTool(context, operation, names.get(operation) ?? '', {
        ...curation,
        pinned: curation.pinned || pins.found.has(operation),
      }),
    );
    return made === undefined ? [] : [{ ...made, place: operation.place, tag: operation.tags[0] }];
  });
  return {
    tools: planned.toSorted((a, b) => byCodeUnit(a.tool.name, b.tool.name)),
    warnings: [
      ...warnings,
      ...selection,
      ...pins.warnings,
      ...faults,
      ...keys.warnings,
      ...read.flatMap((entry) => entry.warnings),
      ...naming,
      ...planned.flatMap((made) => made.warnings),
      ...broken,
    ],
  };
}
