import { hasPrivateAddress } from '../../../../templates/src/runtime/fetch-public.js';
import { isLoopback } from '../../../../templates/src/runtime/http.js';
import { object } from '../../../json.js';
import { isAboutCertificate } from '../../../net/fetch-document.js';
import { count } from '../../../numbers.js';
import type { Source } from '../../../clients.js';
import { sources, type Host } from './hosts.js';
import { fail, notChecked, pass, type Rule, type Verdict } from './rule.js';
import type { Running, Subject } from './subject.js';

const { claudeLimits, claudeAuthentication, openaiSubmission, openaiAuthentication } = sources;
const { specification, registryRemotes, tools } = sources;

const clients = {
  chatgpt: openaiAuthentication,
  claude: claudeAuthentication,
  vscode: specification,
  cursor: specification,
} satisfies Partial<Record<Host, Source>>;
const all = { ...clients, registry: registryRemotes };

/** The length, in characters, at which Claude truncates results. */
const LONGEST_RESULT = 150_000;

/** How long a user waits for the first response, in milliseconds. No page documents a limit. */
const LONGEST_WAIT = 10_000;

const RUNNING = 'Pass the running server with --server.';

/** Requirements for a server's address and responses. */
export const serverRules: readonly Rule[] = [
  {
    id: 'result-cap',
    hosts: { claude: claudeLimits },
    sentence: `Results have at most ${count(LONGEST_RESULT)} characters.`,
    check: ({ resultCap }) => {
      if (resultCap === undefined)
        return notChecked('The limit is not known.', 'Pass the project with --project.');
      const size = `${count(resultCap)} characters`;
      return resultCap <= LONGEST_RESULT
        ? pass(`They are shortened to ${size}.`)
        : fail(
            `They may have ${size}.`,
            `Set MCP_MAX_RESULT_CHARACTERS=${LONGEST_RESULT} or less.`,
          );
    },
  },
  {
    id: 'https',
    hosts: all,
    sentence: 'The server has an https URL, with a publicly trusted certificate.',
    check: checkHttps,
  },
  {
    id: 'public-address',
    hosts: all,
    sentence: 'The server has a public address.',
    check: checkAddress,
  },
  {
    id: 'secret-in-url',
    hosts: all,
    sentence: 'The URL contains no token, key or password.',
    check: checkUrl,
  },
  {
    id: 'first-answer',
    hosts: { ...all, claude: claudeLimits },
    sentence: `The first response arrives within ${LONGEST_WAIT / 1000} seconds.`,
    check: ({ running }) => {
      if (running === undefined) return notChecked('No server was asked.', RUNNING);
      const { firstAnswer, problem } = running;
      if (firstAnswer === undefined) return unanswered(problem ?? 'for an unknown reason');
      return firstAnswer <= LONGEST_WAIT
        ? pass(`It took ${Math.round(firstAnswer)} ms.`)
        : fail(
            `It took ${(firstAnswer / 1000).toFixed(1)} s.`,
            'Keep an instance running: a server that starts for each request takes that long.',
          );
    },
  },
  {
    id: 'challenge',
    hosts: clients,
    sentence: 'Callers without a token get a 401 with the URL of the metadata.',
    check: ({ running, isOpen }) => {
      if (isOpen === true) return pass('No token is required.');
      if (running === undefined) return notChecked('No server was asked.', RUNNING);
      if (running.firstAnswer === undefined) return notChecked('There was no response.');
      const wrong = running.checks.find(({ status }) => status === 'fail');
      return wrong === undefined
        ? pass('The challenge and the metadata are there.')
        : fail(wrong.found, wrong.remedy ?? 'Run doctor --server without --store for details.');
    },
  },
  {
    id: 'error-form',
    hosts: { chatgpt: openaiSubmission, claude: claudeLimits, vscode: tools, cursor: tools },
    sentence: 'Errors are protocol errors, never a page or a stack trace.',
    check: checkErrorForm,
  },
];

/** A certificate that is not trusted is the fault of `https`. */
function unanswered(problem: string): Verdict {
  const found = `There was no response: ${problem}.`;
  return isAboutCertificate(problem)
    ? notChecked(found)
    : fail(found, 'Start it, and check its URL: nothing else about it could be checked.');
}

function checkHttps({ url, running }: Subject): Verdict {
  if (url === undefined) return unpublished;
  const chain = running?.problem;
  if (url.protocol === 'https:' && chain !== undefined && isAboutCertificate(chain))
    return fail(
      `Its certificate is not trusted: ${chain}.`,
      'Serve the whole certificate chain of a public authority: hosts trust no others.',
    );
  if (isLoopback(url.hostname)) return unpublished;
  if (url.protocol !== 'https:')
    return fail(
      `${url.origin} is plain http.`,
      'Put TLS in front of it, and set MCP_RESOURCE_URL.',
    );
  return running?.firstAnswer === undefined
    ? notChecked('It is https; its certificate was not checked.', RUNNING)
    : pass('It is https, and its certificate is trusted here.');
}

const unpublished = notChecked(
  'There is no public URL yet.',
  'Deploy the server, set MCP_RESOURCE_URL, and pass it with --server.',
);

function checkAddress({ url }: Subject): Verdict {
  if (url === undefined || isLoopback(url.hostname)) return unpublished;
  const isInternal =
    hasPrivateAddress(url) ||
    !/\./.test(url.hostname) ||
    /\.(local|internal|lan|test|invalid|localhost)$/.test(url.hostname);
  return isInternal
    ? fail(
        `${url.hostname} is an address in a private network.`,
        'Hosts connect from their data centres: serve it under a public name.',
      )
    : pass(`${url.hostname} is a public name.`);
}

const SECRET_PARAMETER =
  /^(.*[_-])?(token|api[_-]?key|key|secret|password|auth|usertoken|signature|sig)$/i;

function checkUrl({ url }: Subject): Verdict {
  if (url === undefined) return unpublished;
  const found = [...url.searchParams.keys()].find((name) => SECRET_PARAMETER.test(name));
  if (url.username !== '' || url.password !== '')
    return fail(
      'It has a user name or a password.',
      'Publish the URL without it; OAuth signs users in.',
    );
  if (found !== undefined)
    return fail(
      `The parameter ${found} looks like a secret.`,
      'Publish the URL without it; OAuth signs users in.',
    );
  return pass('It contains none.');
}

/** JSON-RPC 2.0 section 5.1, and MCP for tools: a JSON-RPC error, or a result with `isError`. */
function checkErrorForm({ running }: Subject): Verdict {
  const seen: Running['unknownTool'] = running?.unknownTool;
  if (seen === undefined)
    return notChecked(
      'No call was made.',
      'Pass the running server with --server, and a token with --token.',
    );
  const { error, result } = seen.body;
  const isRight = typeof object(error)['code'] === 'number' || object(result)['isError'] === true;
  if (!isRight)
    return fail(
      `A call of an unknown tool got status ${seen.status} and no JSON-RPC error.`,
      'Make sure that nothing in front of the server replaces its responses.',
    );
  const text = JSON.stringify(seen.body);
  return /\\n\s+at .+:\d+:\d+/.test(text)
    ? fail('The error contains a stack trace.', 'Respond with a plain message.')
    : pass('A call of an unknown tool gets a JSON-RPC error.');
}
