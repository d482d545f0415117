import type { Problem } from '../errors.js';
import { checkSchemas } from './check-schemas.js';
import { readCuration } from './curation.js';
import { byCodeUnit } from '../json.js';
import { nameTools } from './names.js';
import { attempt } from './left-out.js';
import { listOperations } from './operations.js';
import { selectOperations } from './select.js';
import { planTool, type PlannedTool, type ToolContext } from './tool.js';

/** The tools in code unit order of their names, each one checked against the SDK's validator. */
export function planTools(context: ToolContext): { tools: PlannedTool[]; warnings: Problem[] } {
  const { document, options } = context;
  const root = document.openapi;
  const { operations, warnings } = listOperations(root);
  const { selected, warnings: selection } = selectOperations(
    operations,
    options.include ?? [],
    options.exclude ?? [],
  );
  const read = selected.map((operation) => ({ operation, ...readCuration(root, operation) }));
  const curated = read.filter(({ curation }) => curation.enabled);
  const curations = new Map(curated.map(({ operation, curation }) => [operation, curation]));
  const { names, warnings: naming } = nameTools(
    [...curations.keys()],
    (operation) => curations.get(operation)?.name,
  );
  const broken: Problem[] = [];
  const planned = curated.flatMap(({ operation, curation }) => {
    const made = attempt(operation.place, broken, () =>
      planTool(context, operation, names.get(operation) ?? '', curation),
    );
    return made === undefined ? [] : [{ ...made, place: operation.place }];
  });
  const { sound, warnings: unsound } = checkSchemas(planned);
  return {
    tools: sound.toSorted((a, b) => byCodeUnit(a.tool.name, b.tool.name)),
    warnings: [
      ...warnings,
      ...selection,
      ...read.flatMap((entry) => entry.warnings),
      ...naming,
      ...sound.flatMap((made) => made.warnings),
      ...broken,
      ...unsound,
    ],
  };
}
