import type { Asker } from './asker.js';
import { amend, type Opened, optionFault } from './open.js';
import { describeUpstream, upstreamChoices } from './upstream-choices.js';

/** Asks how the server calls its API. Resolves to the variables to set: `NAME`, or `NAME=value`. */
export async function askUpstream(opened: Opened, asker: Asker): Promise<readonly string[]> {
  asker.say(
    'step',
    'Authentication 2 of 2: how this server calls the API',
    'This is about the API behind the server. The tokens of callers are not used for it.',
    ...describeUpstream(opened.plan),
  );
  const { variables } = await asker.choose(
    'How should the server call the API?',
    upstreamChoices(opened.plan),
  );
  return variables;
}

/** Asks for the API's base URL if neither the document nor a flag specifies it. */
export async function askBaseUrl(opened: Opened, asker: Asker): Promise<Opened> {
  if (opened.plan.api.baseUrl !== undefined) return opened;
  const baseUrl = await asker.line({
    message: 'Which base URL does the API have? (not in the document; empty: set it later)',
    placeholder: 'https://api.example.com/v1',
    fault: (value) => (value === '' ? undefined : optionFault({ baseUrl: value })),
  });
  return baseUrl === '' ? opened : amend(opened, { baseUrl });
}
