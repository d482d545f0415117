import { Option, type Command } from 'commander';
import type { Api } from '../../../templates/src/runtime/api.js';
import { readProject } from '../../diff/read-project.js';
import { InputError } from '../../errors.js';
import { endpointOf } from '../../net/mcp-session.js';
import { createFetch } from '../../net/reach.js';
import type { Environment, Terminal } from '../../print/terminal.js';
import { createJwtVerifier } from '../../../templates/src/runtime/oauth/jwt.js';
import { createKeys } from '../../../templates/src/runtime/oauth/keys.js';
import { ProviderUnavailable, type Verifier } from '../../../templates/src/runtime/oauth/token.js';
import { createVerifier } from '../../../templates/src/runtime/oauth/verifier.js';
import { skip, type Check } from './check.js';
import { gather, type Evidence } from '../../net/metadata.js';
import { checkKeys } from './key-checks.js';
import { checkMetadata } from './metadata-checks.js';
import { probe } from './probe.js';
import { providerOf } from './providers.js';
import { advised, report } from './report.js';
import { examineServer } from './server-checks.js';
import { hosts, type Host } from './store/hosts.js';
import { storeCommand } from './store/rules.js';
import { checkToken } from './token-checks.js';
import {
  issuerAmong,
  listedIssuers,
  projectRules,
  projectVariables,
  usualRules,
  type TokenRules,
} from './token-rules.js';
import { fromHome, type Run } from '../../project/flags.js';
import { readToken, toUrl } from '../../project/given.js';

interface DoctorFlags {
  readonly oauthServer?: string;
  readonly server?: string;
  readonly project?: string;
  readonly resourceUrl?: string;
  readonly scopes?: string;
  readonly token?: string;
  readonly probe?: boolean;
  readonly clientId?: string;
  readonly store?: Host;
}

const examples = `
Examples:
  $ openapi-to-mcp doctor --oauth-server https://auth.example.com --project notes-mcp-server
  $ openapi-to-mcp doctor --oauth-server https://auth.example.com --resource-url https://mcp.example.com/mcp --probe
  $ openapi-to-mcp doctor --oauth-server https://auth.example.com --token token.txt
  $ openapi-to-mcp doctor --server https://mcp.example.com/mcp
  $ openapi-to-mcp doctor --store claude --project notes-mcp-server --server https://mcp.example.com/mcp

--probe registers a client, if the server supports it, and removes it again, if
the server supports that. With --client-id, and its secret in
OAUTH_CLIENT_SECRET, it requests a token for that client instead.
`;

/** Adds `doctor`. */
export function addDoctor(program: Command, run: Run): void {
  program
    .command('doctor')
    .description(
      'check whether an authorization server is ready for MCP, and what to change if not',
    )
    .option('--oauth-server <issuer>', "the authorization server's issuer URL")
    .option('--server <url>', 'a running MCP server, to check from outside')
    .option('--project <dir>', 'a generated project, whose needs are checked', fromHome)
    .option('--resource-url <url>', 'the URL of the MCP server, for which tokens must be issued')
    .option('--scopes <list>', 'the required scopes, separated by spaces')
    .option('--token <file>', 'a file with an access token to explain, or - for stdin')
    .option('--probe', 'try what metadata cannot show: registration, resource')
    .option('--client-id <id>', 'a client to probe with')
    .addOption(
      new Option('--store <host>', "check this host's requirements for servers instead").choices(
        hosts,
      ),
    )
    .option('--json', 'print a machine-readable result')
    .addHelpText('after', examples)
    .action((flags: DoctorFlags) => run((terminal) => doctorCommand(flags, terminal)));
}

/** Checks an authorization server, a token or a running server. Resolves to 1 if a check fails. */
async function doctorCommand(flags: DoctorFlags, terminal: Terminal): Promise<number> {
  const token = flags.token === undefined ? undefined : await readToken(flags.token, terminal);
  if (flags.store !== undefined) return storeCommand(askedOf(flags.store, flags, token), terminal);
  const needs = await needsOf(flags, token, terminal);
  const given = flags.server === undefined ? undefined : toUrl(flags.server, '--server');
  terminal.progress('Checking the server…');
  const server = given && (await endpointOf(given));
  const seen = server && (await examineServer(server, token));
  const listed = needs.issuer === undefined ? (seen?.issuers ?? []) : needs.listed;
  const issuerText = needs.issuer ?? issuerAmong(listed, token);
  if (issuerText === undefined && seen === undefined) throw nothingToExamine();
  const resource = needs.resource ?? seen?.resource ?? server?.href;
  const scopes = needs.scopes.length > 0 ? needs.scopes : (seen?.scopes ?? []);
  const examined =
    issuerText === undefined
      ? []
      : await examineIssuer(
          issuerText,
          needs.issuer === undefined ? server : undefined,
          { ...needs, resource, scopes },
          token,
          flags,
          terminal,
        );
  const provider = issuerText === undefined ? undefined : providerOf(issuerText);
  const checks = [...(seen?.checks ?? []), ...examined, ...othersIn(listed, issuerText)].map(
    (check) => advised(check, provider),
  );
  const ok = checks.every(({ status }) => status !== 'fail');
  const result = { ok, issuer: issuerText, resource, provider: provider?.name, checks };
  terminal.result(result, report(checks, provider, terminal));
  return ok ? 0 : 1;
}

function askedOf(host: Host, flags: DoctorFlags, token: string | undefined) {
  const { project, oauthServer: issuer, resourceUrl: resource, clientId, probe: probing } = flags;
  const server = flags.server === undefined ? undefined : toUrl(flags.server, '--server');
  return { host, project, server, issuer, resource, token, probe: probing === true, clientId };
}

interface Needs {
  readonly api?: Api | undefined;
  /** The project's variables. */
  readonly set: Environment;
  readonly issuer?: string | undefined;
  /** The issuers of the settings, unless the user names one. */
  readonly listed: readonly string[];
  readonly resource?: string | undefined;
  readonly scopes: readonly string[];
}

/** One run examines one authorization server: it must not look as if all of them were ready. */
function othersIn(listed: readonly string[], examined: string | undefined): Check[] {
  const others = listed.filter((issuer) => issuer !== examined);
  if (others.length === 0) return [];
  const remedy = 'Check each of them with --oauth-server.';
  return [skip('other-issuers', `Not checked: ${others.join(', ')}.`, remedy)];
}

/** What to check for: from flags, else from a project. */
async function needsOf(
  { project, oauthServer, resourceUrl, scopes }: DoctorFlags,
  token: string | undefined,
  { env }: Terminal,
): Promise<Needs> {
  const api = project === undefined ? undefined : await readProject(project);
  const own = Object.values(api?.scopes ?? {}).flat(2);
  const set = project !== undefined && api ? await projectVariables(project, api, env) : {};
  const listed = oauthServer === undefined ? listedIssuers(set) : [];
  return {
    api,
    set,
    listed,
    issuer: oauthServer ?? issuerAmong(listed, token) ?? api?.authorizationServer,
    resource: resourceUrl ?? set['MCP_RESOURCE_URL'] ?? api?.resourceUrl,
    scopes: scopes?.split(/[ ,]+/).filter(Boolean) ?? [...new Set(own)].sort(),
  };
}

/** `namedBy`: the server that names this issuer, if the user does not. */
async function examineIssuer(
  issuerText: string,
  namedBy: URL | undefined,
  { api, set, resource, scopes: needed }: Needs,
  token: string | undefined,
  { probe: probing, clientId, project }: DoctorFlags,
  terminal: Terminal,
): Promise<readonly Check[]> {
  terminal.progress('Checking the authorization server…');
  const issuer = toUrl(issuerText, '--oauth-server');
  const fetch = createFetch(namedBy ?? issuer);
  const evidence = await gather(issuerText, issuer, fetch);
  const { metadata } = evidence;
  const secret = terminal.env.OAUTH_CLIENT_SECRET || undefined;
  const client = clientId === undefined ? undefined : { id: clientId, secret };
  const probed =
    probing === true && metadata !== undefined
      ? await probe({ fetch, metadata, needed, resource, client })
      : [];
  const tried = new Set(probed.map(({ id }) => id));
  return [
    ...checkMetadata(evidence, needed).filter(({ id }) => !tried.has(id)),
    ...checkKeys(evidence),
    ...probed,
    ...(token === undefined ? [] : await explain(token)),
  ];

  function explain(given: string): Promise<readonly Check[]> {
    const asked = { issuer: issuerText, resource };
    const rules =
      api === undefined || project === undefined
        ? usualRules(asked)
        : projectRules(project, api, set, asked);
    const verifier =
      namedBy === undefined
        ? createVerifier(rules.oauth, () => undefined)
        : verifierOf(rules, evidence);
    return checkToken(given, { rules, verifier, needed });
  }
}

/** If only another server names the issuer, its keys come from the evidence, which was fetched with care. */
function verifierOf({ oauth }: TokenRules, { keys }: Evidence): Verifier {
  const load = () => {
    const found = keys?.document?.['keys'];
    return Array.isArray(found)
      ? Promise.resolve(found as readonly unknown[])
      : Promise.reject(new ProviderUnavailable(keys?.problem ?? 'no key set is published'));
  };
  return createJwtVerifier(oauth, createKeys({ load }));
}

function nothingToExamine(): InputError {
  return new InputError({
    code: 'MISSING_OPTION',
    message: 'There is nothing to check.',
    place: '--oauth-server',
    remedy:
      'Pass an issuer with --oauth-server, a running server with --server, or a project that names an issuer with --project.',
  });
}
