import { InputError } from '../../errors.js';
import { checkOptions } from '../../plan/options.js';
import type { PlanOptions } from '../../plan/plan.js';

/** In one sentence what is wrong with the value of an option. */
export function optionFault(options: PlanOptions): string | undefined {
  try {
    checkOptions(options);
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ message }) => message.replace(/^--\S+ must/, 'It must')).join(' ');
  }
}
