import { InputError } from '../../errors.js';
import type { Document } from '../../load/document.js';
import { load } from '../../load/load.js';
import { plan } from '../../plan/plan.js';
import { checkOptions } from '../../plan/options.js';
import type { Plan, PlanOptions } from '../../plan/types.js';
import type { Terminal } from '../../print/terminal.js';
import { toOptions, type GenerateFlags } from '../../project/flags.js';

/** The flags of `generate`, with a document. */
export type Draft = GenerateFlags & { readonly url: string };

/** A loaded document, and its plan. */
export interface Opened {
  readonly draft: Draft;
  /** The source is unchanged, because the project's folder is not chosen yet. */
  readonly document: Document;
  readonly plan: Plan;
  /** The server is for the user's own clients, which start it over stdio. */
  readonly isLocal?: boolean;
}

/** Reads the document. @throws InputError */
export async function open(draft: Draft, terminal: Terminal): Promise<Opened> {
  const document = await load(draft.url, toOptions(draft, terminal));
  return amend({ draft, document }, {});
}

/** The same document with more flags. @throws InputError */
export function amend(
  { draft, document, isLocal = false }: Pick<Opened, 'draft' | 'document' | 'isLocal'>,
  flags: Partial<GenerateFlags>,
): Opened {
  const amended = { ...draft, ...flags };
  return { draft: amended, document, plan: plan(document, amended), isLocal };
}

/** The problem with an option's value, as one sentence. */
export function optionFault(options: PlanOptions): string | undefined {
  try {
    checkOptions(options);
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ message }) => message.replace(/^--\S+ must/, 'It must')).join(' ');
  }
}
