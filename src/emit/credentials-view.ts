import { isBasic, takesToken } from '../../templates/src/runtime/credentials/choose.js';
import type { Plan } from '../plan/types.js';
import { firstParagraph } from './markdown.js';

type Note = Plan['upstream']['schemes'][number];
type Scheme = Note['scheme'];

/** Maximum characters of a description: enough for what it is and where it comes from, not for how to use it. */
const longestDescription = 200;

const client = ['UPSTREAM_CLIENT_ID', 'UPSTREAM_CLIENT_SECRET'];
const pair = ['UPSTREAM_USERNAME', 'UPSTREAM_PASSWORD'];
const token = ['UPSTREAM_BEARER_TOKEN'];
const files = ['UPSTREAM_CERT_FILE', 'UPSTREAM_KEY_FILE'];

/** The variables with the API's credentials, for the templates. */
export function credentialsView({ api, upstream }: Plan) {
  const { asked, schemes, others } = upstream;
  // If the document describes nothing, or not all that it names, every kind that needs no description is offered.
  const isDefined = (name: string) => Object.hasOwn(api.securitySchemes, name);
  const open = (asked === 'unsaid' && schemes.length === 0) || !others.every(isDefined);
  const oauth = api.authentication === 'oauth2';
  const keys = schemes.flatMap((note) => (note.scheme.type === 'apiKey' ? [note] : []));
  const basic = schemes.filter(({ scheme }) => isBasic(scheme));
  const tokens = schemes.filter(({ scheme }) => takesToken(scheme));
  const clients = tokens.filter(({ clientCredentials }) => clientCredentials);
  const takesTokens = open || tokens.length > 0;
  const view = {
    some: asked === 'some',
    unsaid: asked === 'unsaid',
    described: Object.keys(api.securitySchemes).length > 0,
    rows: schemes.map((note) => ({
      ...row(note),
      alternative: asked === 'some' && !note.needed,
    })),
    others: others.map((name) => ({ name })),
    keys: keys.map(row),
    basic: group(basic, open),
    bearer: group(
      tokens.filter(({ clientCredentials }) => !clientCredentials),
      takesTokens,
    ),
    client: { ...group(clients, takesTokens), ...tokenUrl(tokens) },
    exchange: takesTokens && oauth,
    // One user signs in for all callers, so there must be one caller.
    login: !oauth && tokens.some(({ scheme }) => scheme.type !== 'http'),
    certificate: group(
      schemes.filter(({ scheme }) => scheme.type === 'mutualTLS'),
      true,
    ),
  };
  const kinds = kindsOf(view);
  return { ...view, kinds, choice: kinds.length > 1 };
}

export type CredentialsView = ReturnType<typeof credentialsView>;

/** The variables that must be set before every tool can be called. */
export function neededCredentials({ upstream }: Plan): string[] {
  return [
    ...new Set(
      upstream.schemes.flatMap((note) => (note.needed ? variablesOf(note).variables : [])),
    ),
  ];
}

function group(notes: readonly Note[], offered: boolean) {
  return {
    offered: offered || notes.length > 0,
    needed: notes.some(({ needed }) => needed),
    schemes: notes.map(row),
  };
}

/** The URL where the server gets tokens as a client; needed if no scheme has it, so that it must be set. */
function tokenUrl(tokens: readonly Note[]) {
  const clients = tokens.filter(({ clientCredentials }) => clientCredentials);
  const urls = [...clients, ...tokens].map(({ scheme }) => urlOf(scheme, 'oauth2'));
  const needed = clients.some((note) => note.needed && urlOf(note.scheme, 'oauth2') === '');
  return { tokenUrl: urls.find((url) => url !== '') ?? '', needsUrl: needed };
}

function kindsOf(view: {
  keys: readonly object[];
  basic: { offered: boolean };
  client: { offered: boolean };
  exchange: boolean;
  login: boolean;
}): string[] {
  return [
    'none',
    ...(view.keys.length > 0 ? ['api-key'] : []),
    ...(view.basic.offered ? ['basic'] : []),
    ...(view.client.offered ? ['bearer', 'client-credentials'] : []),
    ...(view.exchange ? ['token-exchange', 'forward'] : []),
    ...(view.login ? ['login'] : []),
  ];
}

function row(note: Note) {
  const { name, scheme, needed, description = '' } = note;
  const key = scheme.type === 'apiKey';
  return {
    scheme: name,
    needed,
    description: firstParagraph(description, longestDescription),
    ...variablesOf(note),
    key,
    in: key ? scheme.in : '',
    name: key ? scheme.name : '',
    variable: key ? scheme.variable : '',
    basic: isBasic(scheme),
    certificate: scheme.type === 'mutualTLS',
    tokenUrl: urlOf(scheme, 'oauth2'),
    discoveryUrl: urlOf(scheme, 'openIdConnect'),
  };
}

function variablesOf({ scheme, clientCredentials }: Note) {
  if (scheme.type === 'apiKey') return { variables: [scheme.variable], instead: [] };
  if (scheme.type === 'mutualTLS') return { variables: files, instead: [] };
  if (isBasic(scheme)) return { variables: pair, instead: [] };
  if (clientCredentials) return { variables: client, instead: token };
  return { variables: token, instead: scheme.type === 'http' ? [] : client };
}

function urlOf(scheme: Scheme, type: 'oauth2' | 'openIdConnect'): string {
  if (scheme.type !== type) return '';
  return (scheme.type === 'oauth2' ? scheme.tokenUrl : scheme.openIdConnectUrl) ?? '';
}
