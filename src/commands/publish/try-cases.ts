import { array, object } from '../../json.js';
import { withoutCredentials } from '../../load/read/location.js';
import { converse, type Conversation, type SeenTool } from '../../net/mcp-session.js';
import { faultOf } from '../../net/post.js';
import { createFetch } from '../../net/reach.js';
import { InputError } from '../../errors.js';
import { isAbout, type Cases, type NegativeCase, type PositiveCase } from './cases.js';

/** The outcome of one case. */
export interface Tried {
  readonly description: string;
  readonly ok: boolean;
  /** Why it failed, as a sentence. */
  readonly fault?: string;
}

/** Tries all cases against a running server, calling the tools of the positive ones. @throws InputError `NO_ACCESS` */
export async function tryCases(
  { positive, negative }: Cases,
  url: URL,
  token: string | undefined,
): Promise<readonly Tried[]> {
  const conversation = await converse(createFetch(url), url, token);
  const tools = await conversation?.listTools();
  if (conversation === undefined || tools === undefined) throw noAccess(url);
  const tried: Tried[] = [];
  for (const one of positive) tried.push(toTried(one, await callFault(conversation, tools, one)));
  for (const one of negative) tried.push(toTried(one, listingFault(tools, one)));
  return tried;
}

function toTried(
  { description }: { readonly description: string },
  fault: string | undefined,
): Tried {
  return { description, ok: fault === undefined, fault };
}

async function callFault(
  { callTool }: Conversation,
  tools: readonly SeenTool[],
  { tool, arguments: args }: PositiveCase,
): Promise<string | undefined> {
  if (!tools.some(({ name }) => name === tool)) return `There is no tool ${tool}.`;
  const answer = await callTool(tool, args);
  const result = object(answer.body['result']);
  if (result['isError'] === true) return `${tool} failed: ${firstText(result['content'])}`;
  if (Array.isArray(result['content'])) return undefined;
  const { message } = object(answer.body['error']);
  return `${tool} failed: ${typeof message === 'string' ? message : faultOf(answer)}.`;
}

function firstText(content: unknown): string {
  const { text } = object(array(content)[0]);
  return typeof text === 'string' ? text.slice(0, 300) : 'without a message.';
}

function listingFault(tools: readonly SeenTool[], { without }: NegativeCase): string | undefined {
  const word = without.find((one) => isAbout({ tools }, [one]));
  return word === undefined ? undefined : `A tool is about "${word}", so it might be called.`;
}

function noAccess({ href }: URL): InputError {
  return new InputError({
    code: 'NO_ACCESS',
    message: `${withoutCredentials(href)} does not list its tools to this caller.`,
    place: '--server',
    remedy: 'Is it running? If it requires a token, pass a file with one: --token <file>.',
  });
}
