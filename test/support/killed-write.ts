/** A program: writes a project, and kills itself before or in the middle of an operation. */

import { doHalf, listen } from './faults.js';
import { write } from '../../src/write/write.js';
import type { OutputFile } from '../../src/emit/file.js';

/** Its only argument, as JSON. */
export interface KilledWrite {
  readonly files: readonly OutputFile[];
  readonly folder: string;
  /** The number of the operation, from 1. */
  readonly at: number;
  /** Do half of it first. */
  readonly half: boolean;
}

const { files, folder, at, half } = JSON.parse(process.argv[2] ?? '') as KilledWrite;
let number = 0;
await listen(
  (operation) => {
    number += 1;
    if (number !== at) return;
    if (half) doHalf(operation);
    process.kill(process.pid, 'SIGKILL');
  },
  () => write(files, folder),
);
