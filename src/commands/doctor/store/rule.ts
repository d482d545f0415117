import type { Source } from '../../../clients.js';
import type { Host } from './hosts.js';
import type { SeenTool } from '../../../net/mcp-session.js';
import type { Published, Subject } from './subject.js';

/** One requirement of one or several hosts. */
export interface Rule {
  /** Stable: the table, `--json` and tests use it. */
  readonly id: string;
  /** The hosts that require it, each with the page that documents it. */
  readonly hosts: Partial<Readonly<Record<Host, Source>>>;
  /** The requirement, as one sentence. */
  readonly sentence: string;
  /** It cannot be checked here: only a person can supply it. */
  readonly byPerson?: true;
  readonly check: (subject: Subject, host: Host) => Verdict;
}

/** The outcome of a rule. */
export type Verdict =
  | { readonly status: 'pass'; readonly found: string }
  | { readonly status: 'not checked'; readonly found: string; readonly remedy?: string }
  | {
      readonly status: 'fail';
      readonly found: string;
      readonly remedy: string;
      /** The tools to change. */
      readonly tools?: readonly string[];
    };

export function pass(found: string): Verdict {
  return { status: 'pass', found };
}

export function fail(found: string, remedy: string): Verdict {
  return { status: 'fail', found, remedy };
}

export function notChecked(found: string, remedy?: string): Verdict {
  return { status: 'not checked', found, remedy };
}

const ISSUER = 'Pass its authorization server with --oauth-server, or a project that names one.';

/** The check of a requirement for the metadata of the authorization server. */
export function ofMetadata(
  check: (authorization: Published, subject: Subject, host: Host) => Verdict,
): Rule['check'] {
  return (subject, host) => {
    const { isOpen, authorization } = subject;
    if (isOpen === true) return pass('No token is required.');
    if (authorization === undefined) return notChecked('No authorization server is known.', ISSUER);
    const { metadata, issuer } = authorization;
    return metadata === undefined
      ? notChecked(`${issuer} has no metadata, or cannot be reached.`)
      : check({ ...authorization, metadata }, subject, host);
  };
}

/** The problem with one tool, as half a sentence, and the change that fixes it. */
interface ToolFault {
  readonly fault: string;
  readonly remedy: string;
}

/** Further tools are only counted; `--json` lists them. */
const NAMED = 5;

/** The check of a requirement for every tool. */
export function everyTool(
  passed: string,
  faultOf: (tool: SeenTool, subject: Subject) => ToolFault | undefined,
): Rule['check'] {
  return (subject) => {
    const { tools } = subject;
    if (tools === undefined) return unknownTools;
    const faults = tools.flatMap((tool) => {
      const found = faultOf(tool, subject);
      return found === undefined ? [] : [{ ...found, tool: tool.name }];
    });
    return faults.length === 0 ? pass(passed) : faulty(faults);
  };
}

const unknownTools = notChecked(
  'The tools are not known.',
  'Pass a project with --project, or a server with --server and a token for it with --token.',
);

function faulty(faults: readonly (ToolFault & { readonly tool: string })[]): Verdict {
  const named = faults.slice(0, NAMED);
  const more = faults.length - named.length;
  const list = named.map(({ tool, fault }) => `${tool} ${fault}`).join('; ');
  const [first] = faults;
  return {
    status: 'fail',
    found: `${list}${more > 0 ? `; and ${more} more` : ''}.`,
    remedy: `${first?.remedy ?? ''}${faults.length > 1 ? ' The other tools likewise.' : ''}`,
    tools: faults.map(({ tool }) => tool),
  };
}

/**
 * The overlay action that changes a tool's operation, on one line; without a project, a sentence instead. `update` is
 * the value of `update:`, in YAML's flow style.
 */
export function overlayLine(tool: SeenTool, { requests }: Subject, update: string): string {
  const request = requests?.get(tool.name);
  if (request === undefined) return `Change the tool ${tool.name}: ${update}.`;
  const path = request.path.replace(/\?.*$/, '').replaceAll("'", "\\'");
  const target = `$.paths['${path}'].${request.method.toLowerCase()}`;
  return `In an overlay: { target: ${JSON.stringify(target)}, update: ${update} }.`;
}
