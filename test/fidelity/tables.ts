import type { Difference } from './compare.js';
import { aspects, type Counts } from './kept.js';
import { rulings, type Ruling } from './rulings.js';

/** The results of the comparison. */
export interface Tally {
  documents: number;
  calls: number;
  /** Calls whose requests are the same in every part. */
  same: number;
  /** Tools and modes for which the sampler found no arguments that the schema accepts. */
  unmade: number;
  readonly ruled: Map<Ruling, number>;
  readonly unruled: { where: string; difference: Difference }[];
}

/** The differences by their rulings. */
export function formatRulings({ documents, calls, same, unmade, ruled }: Tally): string {
  const rows = rulings
    .map((ruling) => ({ ...ruling, count: ruled.get(ruling) ?? 0 }))
    .filter(({ count }) => count > 0)
    .map(({ kind, reason, count }) => `| ${kind} | ${count} | ${reason} |`);
  return [
    '# Fidelity',
    '',
    'Written by `npm run fidelity -- --output test/fidelity/RESULTS.md`.',
    '',
    `Requests for ${calls} calls of the operations of ${documents} documents, compared with swagger-client's: ${same} are the`,
    `same byte for byte. Each of the other differences is of one of these kinds. (For ${unmade} more, no arguments were found`,
    'that the schema takes: it contradicts itself, or is too much for the sampler.)',
    '',
    '| Difference | Times | Why it is not a fault |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** The facts of the documents that the tools' schemas keep. */
export function formatKept(counts: Counts): string {
  const rows = aspects.map((aspect) => {
    const { kept, said } = counts[aspect];
    return `| ${aspect} | ${said} | ${kept} | ${((100 * kept) / Math.max(said, 1)).toFixed(1)} % |`;
  });
  return [
    'What the schemas of tools keep of what the documents say of arguments (each thing counted once for an operation):',
    '',
    '| | in the documents | in the tools | |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
