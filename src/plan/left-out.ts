import type { Problem } from '../errors.js';

/** Thrown when a part of the document cannot be used; the operation that needs it does not become a tool. */
export class LeftOut extends Error {
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, message: string, remedy: string) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}

/** Runs one step for one place. An unusable part becomes a warning, and the place is skipped. */
export function attempt<T>(place: string, warnings: Problem[], step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof LeftOut)) throw error;
    const { code, message, remedy } = error;
    warnings.push({ code, place, message: `Skipped: ${message}.`, remedy });
    return undefined;
  }
}
