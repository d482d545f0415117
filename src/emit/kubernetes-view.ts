import type { Plan } from '../plan/types.js';
import type { CredentialsView } from './credentials-view.js';
import { neededServers } from './servers-view.js';

interface Value {
  readonly name: string;
  readonly value: string;
  readonly remarks: readonly string[];
}

/** Variables with the paths of files, which are in a volume. */
const files = ['UPSTREAM_CERT_FILE', 'UPSTREAM_KEY_FILE'];

const LONGEST_NAME = 50;

/** The contents of `deploy/kubernetes.yaml`: values to fill in, and the keys of a Secret for every credential. */
export function kubernetesView(plan: Plan, { rows }: Pick<CredentialsView, 'rows'>) {
  const name = objectName(plan);
  const needed = new Set(rows.flatMap((row) => (row.needed ? row.variables : [])));
  const variables = [...new Set(rows.flatMap((row) => row.variables))];
  return {
    name,
    values: [...ownValues(plan, name), ...serverValues(plan)],
    secrets: variables
      .filter((variable) => !files.includes(variable))
      .map((variable) => ({ name: variable, optional: !needed.has(variable) })),
    certificate: variables.some((variable) => files.includes(variable)),
  };
}

/** A valid name for objects and a Service: a DNS label (RFC 1035), with room for the suffixes of pods. */
function objectName({ projectName, api }: Plan): string {
  const short = projectName.length > LONGEST_NAME ? api.name : projectName;
  const legal = short.toLowerCase().replace(/[^a-z\d]+/g, '-');
  const label = legal.replace(/^[^a-z]+/, '').slice(0, LONGEST_NAME);
  return label.replace(/-+$/, '') || 'mcp-server';
}

function ownValues({ api }: Plan, name: string): Value[] {
  if (api.authentication === 'none') return openValues(name);
  return [
    {
      name: 'MCP_RESOURCE_URL',
      value: api.resourceUrl ?? 'https://mcp.example.com/mcp',
      remarks: ['The URL that clients connect to, from outside the cluster.'],
    },
    {
      name: 'OAUTH_AUTHORIZATION_SERVER',
      value: api.authorizationServer ?? '',
      remarks: [],
    },
  ];
}

/** The values of a server without OAuth, which every client that reaches it can use. */
function openValues(name: string): Value[] {
  return [
    {
      name: 'MCP_ALLOWED_HOSTS',
      value: name,
      remarks: [
        'The name by which clients in the namespace reach the Service. Add every other name.',
      ],
    },
    {
      name: 'MCP_ALLOW_UNAUTHENTICATED',
      value: 'false',
      remarks: [
        'This server requires no token, and does not start here until this is true. Set it to true only behind a',
        'NetworkPolicy or a gateway: every caller acts with the credentials of this server.',
      ],
    },
  ];
}

function serverValues(plan: Plan): Value[] {
  return neededServers(plan).map((name) => ({
    name,
    value: name === 'UPSTREAM_BASE_URL' ? 'https://api.example.com' : '',
    remarks: name === 'UPSTREAM_BASE_URL' ? [] : ["A part of the API's URL, which has no default."],
  }));
}
