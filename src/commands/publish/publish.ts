import { Option, type Command } from 'commander';
import type { Api } from '../../../templates/src/runtime/api.js';
import { hasPrivateAddress } from '../../../templates/src/runtime/fetch-public.js';
import { isLoopback, urlFault } from '../../../templates/src/runtime/http.js';
import { readProject } from '../../diff/read-project.js';
import { InputError } from '../../errors.js';
import { plural } from '../../numbers.js';
import { printable, type Terminal } from '../../print/terminal.js';
import { fromHome, type Run } from '../../project/flags.js';
import { readToken, toUrl } from '../../project/given.js';
import { enclosingProject } from '../../project/folders.js';
import { casesOf, type Cases } from './cases.js';
import { submissionOf } from './chatgpt.js';
import { claudePage, openAnswers } from './claude.js';
import { readCases, readObject, readText, writeChanged } from './files.js';
import { entryOf } from './registry.js';
import { tryCases, type Tried } from './try-cases.js';

/** Where servers are submitted. VS Code and Cursor use the registry. */
const stores = ['chatgpt', 'claude', 'registry'] as const;

interface PublishFlags {
  readonly store: (typeof stores)[number];
  readonly project?: string;
  readonly resourceUrl?: string;
  readonly namespace?: string;
  readonly server?: string;
  readonly token?: string;
}

const paths = {
  cases: 'submission/test-cases.json',
  chatgpt: 'submission/chatgpt-app-submission.json',
  claude: 'submission/claude.md',
  registry: 'server.json',
};

const examples = `
Examples:
  $ openapi-to-mcp publish --store registry --project notes-mcp-server --namespace com.acme
  $ openapi-to-mcp publish --store chatgpt --project notes-mcp-server
  $ openapi-to-mcp publish --store chatgpt --project notes-mcp-server --server http://localhost:3000/mcp --token token.txt

It writes ${paths.registry} for the registry and the folder submission/ for the
others, and sends nothing. Your edits to these files are kept when it runs
again. With --server, the test cases run against that server, for example one
started by openapi-to-mcp dev; the exit status is 1 if a case fails.
`;

/** Adds `publish`. */
export function addPublish(program: Command, run: Run): void {
  program
    .command('publish')
    .description('write the files for a submission to a store, for you to complete')
    .addOption(
      new Option('--store <host>', 'where to publish the server')
        .choices(stores)
        .makeOptionMandatory(),
    )
    .option(
      '--project <dir>',
      'the generated project (default: the one around this folder)',
      fromHome,
    )
    .option('--resource-url <url>', "the public URL (default: the project's)")
    .option(
      '--namespace <domain>',
      'the registry namespace: your domain backwards, or io.github.<name>',
    )
    .option('--server <url>', 'a running server to try the test cases against')
    .option('--token <file>', 'a file with an access token for it, or - for stdin')
    .option('--json', 'print a machine-readable result')
    .addHelpText('after', examples)
    .action((flags: PublishFlags) => run((terminal) => publishCommand(flags, terminal)));
}

/** Writes the files of a submission. Resolves to 1 when a test case fails. */
async function publishCommand(flags: PublishFlags, terminal: Terminal): Promise<number> {
  const folder = flags.project ?? enclosingProject() ?? '.';
  const api = await readProject(folder);
  const cases = await readCases(folder, paths.cases, casesOf(api));
  const files = await filesOf(flags, api, cases, folder, terminal);
  const server = flags.server === undefined ? undefined : toUrl(flags.server, '--server');
  const token = flags.token === undefined ? undefined : await readToken(flags.token, terminal);
  const written: string[] = [];
  for (const [path, text] of Object.entries(files))
    if (await writeChanged(folder, path, text)) written.push(path);
  const tried = server && flags.store !== 'registry' ? await tryCases(cases, server, token) : [];
  const ok = tried.every((one) => one.ok);
  const result = {
    ok,
    store: flags.store,
    files: Object.keys(files),
    written,
    cases: tried,
  };
  terminal.result(result, describe(files, written.length, tried));
  return ok ? 0 : 1;
}

/** The files of a submission by their paths, with the user's edits kept. */
async function filesOf(
  { store, resourceUrl, namespace }: PublishFlags,
  api: Api,
  cases: Cases,
  folder: string,
  { env }: Terminal,
): Promise<Readonly<Record<string, string>>> {
  const url = () => publicUrl(resourceUrl ?? (env['MCP_RESOURCE_URL'] || api.resourceUrl));
  const earlier = (path: string) => readObject(folder, path);
  switch (store) {
    case 'registry':
      requireNamespace(namespace);
      return {
        [paths.registry]: print(entryOf(api, url(), namespace, await earlier(paths.registry))),
      };
    case 'chatgpt':
      return {
        [paths.cases]: print(cases),
        [paths.chatgpt]: print(submissionOf(api, cases, await earlier(paths.chatgpt))),
      };
    case 'claude':
      return {
        [paths.cases]: print(cases),
        [paths.claude]: claudePage(api, url(), cases, await readText(folder, paths.claude)),
      };
  }
}

function print(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function describe(
  files: Readonly<Record<string, string>>,
  written: number,
  tried: readonly Tried[],
): string {
  const names = Object.keys(files).map((path) => `  ${path}\n`);
  const open = openAnswers(Object.values(files).join('\n'));
  const rows = tried.map(
    ({ ok, description, fault = '' }) =>
      `  ${ok ? 'pass' : 'fail'}  ${printable([description, fault].join(' ').trim())}\n`,
  );
  return [
    `${written === 0 ? 'Unchanged' : 'Written'}:\n`,
    ...names,
    ...(open > 0 ? [`${plural(open, 'answer')} missing: search for TODO.\n`] : []),
    ...(rows.length > 0 ? ['\nTest cases:\n', ...rows] : []),
  ].join('');
}

/** Hosts connect from outside, so only a public https URL can be published. */
function publicUrl(text: string | undefined): URL {
  if (text === undefined)
    throw new InputError({
      code: 'MISSING_OPTION',
      message: 'There is no public URL to publish.',
      place: '--resource-url',
      remedy: 'Set it: --resource-url https://mcp.example.com/mcp.',
    });
  const url = toUrl(text, '--resource-url');
  const isReachable = !isLoopback(url.hostname) && !hasPrivateAddress(url);
  const isPublic = url.protocol === 'https:' && isReachable;
  const fault =
    urlFault(text, { query: true }) ??
    (isPublic ? undefined : 'must begin with https://, and not name a private address');
  if (fault === undefined) return url;
  throw new InputError({
    code: 'INVALID_OPTION',
    message: `The public URL ${fault}.`,
    place: '--resource-url',
    remedy: 'Pass the public URL of the server: --resource-url https://mcp.example.com/mcp.',
  });
}

function requireNamespace(namespace: string | undefined): void {
  if (namespace === undefined || /^[a-z\d.-]+$/i.test(namespace)) return;
  throw new InputError({
    code: 'INVALID_OPTION',
    message: `${JSON.stringify(namespace)} is not a namespace: letters, digits, dots and hyphens.`,
    place: '--namespace',
    remedy: 'Write your domain backwards: --namespace com.example.',
  });
}
