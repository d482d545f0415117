import { credentialsView, neededCredentials } from '../../emit/credentials-view.js';
import type { Plan } from '../../plan/types.js';
import type { Asker, Choice } from './asker.js';
import { amend, optionFault, type Opened } from './open.js';

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

/** One way for the generated server to authenticate to its API. */
interface UpstreamChoice extends Choice {
  /** The variables to set: `NAME`, or `NAME=value` if the value is known. */
  readonly variables: readonly string[];
}

type View = ReturnType<typeof credentialsView>;

/** The credentials that the document requires, one line per scheme. */
export function describeUpstream(plan: Plan): string[] {
  const { some, unsaid, rows, others } = credentialsView(plan);
  const first = some
    ? 'The operations require:'
    : unsaid
      ? 'The document does not say whether calls need credentials.'
      : 'The document says that calls need no credentials.';
  return [
    first,
    ...rows.filter(({ alternative }) => !alternative).map((row) => `  ${describeRow(row)}`),
    ...rows.filter(({ alternative }) => alternative).map((row) => `  or ${describeRow(row)}`),
    ...others.map(({ name }) => `  ${name}, which is not supported`),
  ];
}

/** The available choices; the first is what the document requires. */
export function upstreamChoices(plan: Plan): [UpstreamChoice, ...UpstreamChoice[]] {
  const view = credentialsView(plan);
  const needed = neededCredentials(plan);
  const [none, ...kinds] = view.kinds.map((kind) => ofKind(kind, view));
  const without = { ...none, label: 'Without credentials', variables: [] };
  if (!view.some) return [without, ...kinds];
  const asked = {
    label: 'As the document says',
    hint: needed.join(', ') || 'nothing to set',
    variables: needed,
  };
  // A choice with the same effect as the first is left out.
  const others = kinds.filter(
    ({ variables }) => variables.filter((line) => !line.includes('=')).join() !== needed.join(),
  );
  return [asked, ...others, { ...without, variables: ['UPSTREAM_AUTH=none'] }];
}

function ofKind(kind: string, view: View): UpstreamChoice {
  const { label, hint, variables } = kindsOf(view)[kind] ?? { label: kind, variables: [] };
  return {
    label,
    ...(hint !== undefined && { hint }),
    variables: [`UPSTREAM_AUTH=${kind}`, ...new Set([...variables, ...besides(view)])],
  };
}

/** A required key or certificate is combined with every kind of credentials. */
function besides({ rows }: View): string[] {
  return rows.flatMap(({ needed, key, certificate, variables }) =>
    needed && (key || certificate) ? variables : [],
  );
}

function kindsOf(view: View): Readonly<Record<string, UpstreamChoice>> {
  const known = view.client.tokenUrl !== '' || view.rows.some((row) => row.discoveryUrl !== '');
  const client = [
    'UPSTREAM_CLIENT_ID',
    'UPSTREAM_CLIENT_SECRET',
    ...(known ? [] : ['UPSTREAM_TOKEN_URL']),
  ];
  return {
    'api-key': {
      label: 'With an API key',
      hint: 'one for all callers',
      variables: view.keys.map(({ variable }) => variable),
    },
    basic: {
      label: 'With a user name and a password',
      hint: 'one for all callers',
      variables: ['UPSTREAM_USERNAME', 'UPSTREAM_PASSWORD'],
    },
    bearer: {
      label: 'With a fixed bearer token',
      hint: 'one for all callers',
      variables: ['UPSTREAM_BEARER_TOKEN'],
    },
    'client-credentials': {
      label: 'With tokens that the server gets itself (client credentials)',
      hint: 'one for all callers',
      variables: client,
    },
    'token-exchange': {
      label: 'On behalf of each caller (token exchange)',
      hint: 'RFC 8693; the caller’s token stays here',
      variables: [...client, 'UPSTREAM_TOKEN_AUDIENCE'],
    },
    login: {
      label: 'As me: I sign in to the API in my browser (openapi-to-mcp login)',
      hint: 'over stdio only',
      variables: [],
    },
    forward: {
      label: 'With the caller’s own token, passed on',
      hint: 'only if the API accepts these tokens too',
      variables: ['UPSTREAM_TOKEN_AUDIENCE'],
    },
  };
}

function describeRow(row: View['rows'][number]): string {
  if (row.key) return `an API key in the ${row.in} ${row.name} (${row.scheme})`;
  if (row.basic) return `a user name and a password (${row.scheme})`;
  if (row.certificate) return `a client certificate (${row.scheme})`;
  const from = row.tokenUrl || row.discoveryUrl;
  return `an access token (${row.scheme})${from === '' ? '' : `, from ${from}`}`;
}

/** The variables that the generated server requires to start, besides the API's credentials. */
export function openVariables({ api }: Plan): string[] {
  const issuer = api.authentication === 'oauth2' && api.authorizationServer === undefined;
  const servers = Object.values(api.serverVariables ?? {});
  return [
    ...(issuer ? ['OAUTH_AUTHORIZATION_SERVER'] : []),
    ...(api.baseUrl === undefined ? ['UPSTREAM_BASE_URL'] : []),
    ...servers.flatMap(({ variable, default: value }) => (value === undefined ? [variable] : [])),
  ];
}

/** What to write into `.env`, one line per variable; empty if nothing is needed. */
export function formatVariables(variables: readonly string[]): string {
  if (variables.length === 0) return '';
  const lines = variables.map((line) => `  ${line.includes('=') ? line : `${line}=…`}`);
  return `\nStill to be set, in .env:\n${lines.join('\n')}\n`;
}
