import { normalize } from 'node:path/posix';
import { mutation, type Mutation } from './mutation.js';

const inject = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('injection', normalize(`upstream/${file}`), name, ...edits);
const answer = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('answers of the API', normalize(`upstream/${file}`), name, ...edits);
const files = (file: string, name: string, ...edits: Mutation['edits']) =>
  mutation('files by URL', normalize(`upstream/${file}`), name, ...edits);
const redirect = (name: string, ...edits: Mutation['edits']) =>
  mutation('redirects', 'upstream/transport.ts', name, ...edits);

export const upstreamMutations: readonly Mutation[] = [
  {
    ...inject('serialize.ts', 'arguments that lead elsewhere', [
      "segment === '' || parts.some(isDots) || isDots(segment)",
      "segment === ''",
    ]),
    also: {
      file: 'upstream/request.ts',
      edits: [["frame.path.includes('\\\\') || added || segments.some(isDots)", 'added']],
    },
  },
  inject('serialize.ts', 'empty segments', ["segment === '' || parts", 'parts']),
  inject('serialize.ts', 'control characters in a path', [
    "throw refusal(argumentName(parameter), 'must not contain control characters.');",
    'void 0;',
  ]),
  inject('../credentials/authorize.ts', 'arguments beside the credential of their place', [
    'place(strip(request))',
    'place(request)',
  ]),
  inject('arguments.ts', 'arguments that no tool declares', [
    'if (unknown.length > 0) throw',
    'if (unknown.length < 0) throw',
  ]),
  inject('schema.ts', 'arguments that fit no schema', [
    'if (broken !== undefined) return',
    "if (broken === 'none') return",
  ]),
  inject('../text.ts', 'names that leave their quotes', ['/[\\r\\n"]/g', '/[\\r]/g']),
  inject('../mcp.ts', 'the caller’s token goes on to the API', [
    'await call(tool, meant.arguments, {',
    'await call(tool, { ...meant.arguments, q: token?.reveal() ?? null }, {',
  ]),
  inject('../audit.ts', 'log lines that break', [
    'JSON.stringify({ time: new Date().toISOString(), event, ...fields })',
    "`${event} ${Object.values(fields).join(' ')}`",
  ]),
  answer('../credentials/secrets.ts', 'secrets are not masked', [
    'replace(text, places(text))',
    'text',
  ]),
  answer('../credentials/secrets.ts', 'half a secret at the end', [
    'replace(text, places(text, true))',
    'mask(text)',
  ]),
  answer('result.ts', 'secrets in headers', ['secrets.mask(value)', 'value']),
  answer('result.ts', 'cookies are in the result', [
    "const REPORTED = ['Location', ",
    "const REPORTED = ['Set-Cookie', 'Location', ",
  ]),
  answer('result.ts', 'challenges are in the result', [
    "const REPORTED = ['Location', ",
    "const REPORTED = ['WWW-Authenticate', 'Location', ",
  ]),
  answer('result.ts', 'failures that look like success', [
    'return status >= 400 || isRedirect(status);',
    'return isRedirect(status);',
  ]),
  answer('result.ts', 'a 401 does not name whose credential failed', [
    'if (status === 401 || status === 403)',
    'if (status === 499)',
  ]),
  answer('../net.ts', 'answers without end', [
    'this.#length > this.#options.maxBytes',
    'this.#length < 0',
  ]),
  answer('../outgoing.ts', 'patience without end', [
    'setTimeout(abort, timeoutMs)',
    'setTimeout(abort, 3_600_000)',
  ]),
  files('../fetch-public.ts', 'files at addresses of this network', [
    'if (hasPrivateAddress(url)) throw new FetchError(UNREACHABLE);',
    '',
  ]),
  files('../fetch-public.ts', 'files at names of this network', [
    'addresses.some(({ address }) => isPrivateAddress(address))',
    'addresses.length > 99',
  ]),
  files('../fetch-public.ts', 'files with a user name', [
    "if (url.username !== '' || url.password !== '') throw new FetchError('has a user name');",
    '',
  ]),
  files('../fetch-public.ts', 'files by plain http', [
    "if (url.protocol !== 'https:') throw new FetchError('is not an https URL');",
    '',
  ]),
  files('call.ts', 'files are fetched without being asked for', [
    'settings.fetchFiles ? createFetchPublic() : undefined',
    'createFetchPublic()',
  ]),
  redirect('redirects to other origins', [
    'plain && [target.origin, named].includes(origin) ?',
    'plain ?',
  ]),
  redirect('redirects with a user name', ['plain && [target', '[target']),
  redirect('redirects of any method', [' && retrieves(method)', '']),
  redirect('redirects in circles', [
    'const MAX_REDIRECTS = 5;',
    'const MAX_REDIRECTS = 5_000_000;',
  ]),
  redirect('redirects are not followed', ['const MAX_REDIRECTS = 5;', 'const MAX_REDIRECTS = 0;']),
  mutation(
    'redirects',
    'net.ts',
    'the client follows by itself',
    [
      'new Agent(patience)',
      'new Agent(patience).compose(interceptors.redirect({ maxRedirections: 5 }))',
    ],
    ['import { Agent, ', 'import { interceptors, Agent, '],
  ),
];
