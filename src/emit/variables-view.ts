import {
  documentVariables,
  groups,
  namesIn,
  type Condition,
  type Variable,
} from '../../templates/src/runtime/variables.js';
import type { Plan } from '../plan/types.js';
import { neededCredentials, type CredentialsView } from './credentials-view.js';
import { localUrlOf, neededServers, otherServers, serversView } from './servers-view.js';

/** One environment variable, for the templates. */
export interface VariableRow {
  readonly name: string;
  /** If the value is a secret: the variable that names a file with it. */
  readonly file: string;
  /** Our Markdown; empty if the document describes the variable. */
  readonly text: string;
  /** In the document's words. */
  readonly foreign: string;
  /** The schemes that it belongs to, in the document's words. */
  readonly notes: readonly string[];
  /** Without it the server does not start or some tool cannot be called. */
  readonly needed: boolean;
  /** The value that applies when it is not set. */
  readonly default: string;
  /** The default in our Markdown, if it is not one value. */
  readonly fallback: string;
  /** The value in `.env.example`: from the document, or else ours, which may be an example. */
  readonly known: string;
  readonly sample: string;
  /** An example for tables, in our words. */
  readonly example: string;
}

/** The sections of `.env.example` and of the tables in READMEs. */
export const titles: Readonly<Record<keyof typeof groups, string>> = {
  server: 'This server',
  oauth: 'Authorization: who may call this server over HTTP',
  upstream: 'Upstream: how this server calls the API',
};

/** Every variable that has an effect on the server of a plan, by section. */
export async function variablesView(plan: Plan, upstream: CredentialsView) {
  const applies = conditionsOf(plan, upstream);
  const facts = factsOf(plan, upstream);
  const isWorker = plan.target === 'workers';
  const isLacking = isWorker ? await lackingInWorkers() : () => false;
  const section = (group: keyof typeof groups) => ({
    title: titles[group],
    remarks: [],
    rows: Object.entries<Variable>(groups[group])
      .filter(([, { when }]) => when === undefined || applies[when])
      .filter(([name, row]) => !isLacking(name, row))
      .map(([name, variable]) => tableRow(name, variable, facts)),
  });
  const { title, rows } = section('upstream');
  return [
    section('server'),
    ...(plan.api.authentication === 'oauth2' ? [section('oauth')] : []),
    {
      title,
      remarks: remarksOn(plan, upstream),
      rows: [...rows.slice(0, 1), ...documentRows(plan, upstream), ...rows.slice(1)],
    },
  ].map(isWorker ? withoutFiles : (found) => found);
}

/** Loaded lazily: the settings of a Worker come with libraries that take longer to load than most documents. */
async function lackingInWorkers() {
  const settings = await import('../../templates/src/runtime/worker-settings.js');
  return (name: string, row: Variable) => settings.lackingInWorkers(name, row) !== undefined;
}

/** A Worker cannot read a secret from a file. */
function withoutFiles<T extends { readonly rows: readonly VariableRow[] }>(section: T): T {
  return { ...section, rows: section.rows.map((row) => ({ ...row, file: '' })) };
}

/** The purpose of a variable: the sentence of the table, and the information of its other columns. */
export function describeVariable({ text, values, when }: Variable): string {
  const choice = values === undefined ? '' : ` One of ${values.map(quoted).join(', ')}.`;
  return `${text}${choice}${when === 'opaque' ? ' Opaque tokens only.' : ''}`;
}

/** An example for a table, if neither a default nor the kind of the value makes the format clear. */
export function exampleOf({ kind, example, fallback, ...rest }: Variable): string {
  const isClear = rest.default !== undefined || fallback !== undefined;
  return isClear || !/^(text|list|json)$/.test(kind) ? '' : (example ?? '');
}

function quoted(text: string): string {
  return `\`${text}\``;
}

function conditionsOf({ api }: Plan, upstream: CredentialsView): Record<Condition, boolean> {
  const oauth = api.authentication === 'oauth2';
  return {
    open: !oauth,
    opaque: oauth,
    credentials: upstream.choice,
    basic: upstream.basic.offered,
    tokens: upstream.client.offered,
    exchange: upstream.exchange,
  };
}

/** What the document and the options define about variables of the table, by name. */
interface Facts {
  readonly needed: ReadonlySet<string>;
  readonly values: Readonly<Record<string, string>>;
  /** Defaults that depend on the options. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly notes: Readonly<Record<string, readonly string[]>>;
  readonly kinds: readonly string[];
}

function factsOf(plan: Plan, upstream: CredentialsView): Facts {
  const { api } = plan;
  const { baseUrl } = serversView(plan);
  const { basic, bearer, client, certificate, kinds } = upstream;
  const oauth = api.authentication === 'oauth2';
  return {
    needed: new Set([
      ...(oauth ? ['MCP_RESOURCE_URL', 'OAUTH_AUTHORIZATION_SERVER'] : []),
      ...neededServers(plan),
      ...neededCredentials(plan),
      ...(client.needsUrl ? ['UPSTREAM_TOKEN_URL'] : []),
    ]),
    values: {
      MCP_RESOURCE_URL: api.resourceUrl ?? localUrlOf(plan),
      OAUTH_AUTHORIZATION_SERVER: api.authorizationServer ?? '',
      UPSTREAM_BASE_URL: baseUrl,
      UPSTREAM_TOKEN_URL: client.tokenUrl,
    },
    defaults: api.toolMode === 'search' ? { MCP_TOOLS: api.toolMode } : {},
    notes: {
      UPSTREAM_BASE_URL: otherServers(plan),
      UPSTREAM_USERNAME: basic.schemes.map(describeScheme),
      UPSTREAM_BEARER_TOKEN: bearer.schemes.map(describeScheme),
      UPSTREAM_CLIENT_ID: client.schemes.map(describeScheme),
      UPSTREAM_CERT_FILE: certificate.schemes.map(describeScheme),
    },
    kinds,
  };
}

function tableRow(name: string, variable: Variable, facts: Facts): VariableRow {
  const [, file = ''] = namesIn({ [name]: variable });
  const { kind, fallback = '', example = '', values = [] } = variable;
  const fixed = facts.defaults[name] ?? variable.default ?? '';
  const needed = facts.needed.has(name);
  const known = facts.values[name] ?? '';
  const preset = known === '' ? String(fixed) : known;
  const sample = kind === 'secret' ? '' : (values[0] ?? example);
  return {
    name,
    file,
    text: describeVariable(
      name === 'UPSTREAM_AUTH' ? { ...variable, values: facts.kinds } : variable,
    ),
    foreign: '',
    notes: facts.notes[name] ?? [],
    needed,
    default: preset,
    fallback: Object.hasOwn({ ...facts.values, ...facts.defaults }, name) ? '' : fallback,
    known,
    sample: known !== '' || needed ? '' : String(fixed) || sample,
    example: exampleOf(variable),
  };
}

/** Server variables, and keys for the tools of this plan. */
function documentRows(plan: Plan, { keys }: CredentialsView): VariableRow[] {
  const table = documentVariables(plan.api);
  const servers = serversView(plan).serverVariables.map((found) => ({
    ...found,
    words: [
      found.description === '' ? '' : `: ${found.description}`,
      found.values === '' ? '' : ` (one of ${found.values})`,
    ],
  }));
  const schemes = keys.map((found) => ({
    ...found,
    fallback: '',
    words: [' ', found.description],
  }));
  const ours = { text: '', notes: [], fallback: '', sample: '', example: '' };
  return [...servers, ...schemes].map(({ variable: name, needed, fallback, words }) => {
    const variable = table[name] ?? { kind: 'text', text: '' };
    const [, file = ''] = namesIn({ [name]: variable });
    const foreign = [variable.text, ...words].join('').trim();
    return { ...ours, name, file, foreign, needed, default: fallback, known: fallback };
  });
}

/** Remarks on what the document leaves open about credentials. */
function remarksOn({ api }: Plan, { unsaid, described, choice }: CredentialsView): string[] {
  const silent = described
    ? 'The document does not say which operations need credentials: UPSTREAM_AUTH selects the kind that all of them use.'
    : 'The document asks for no credentials. Any that are set here are sent to every operation.';
  return [
    ...(unsaid ? [silent] : []),
    ...(choice && api.documentation !== undefined
      ? [`The documentation of the API should say where to get credentials: ${api.documentation}`]
      : []),
  ];
}

/** A security scheme in the document's words. */
function describeScheme({
  scheme,
  tokenUrl,
  discoveryUrl,
  description,
}: CredentialsView['rows'][number] | CredentialsView['keys'][number]): string {
  return [
    `Scheme ${scheme}`,
    tokenUrl === '' ? '' : `, tokens from ${tokenUrl}`,
    discoveryUrl === '' ? '' : `, described at ${discoveryUrl}`,
    description === '' ? '' : `: ${description}`,
  ].join('');
}
