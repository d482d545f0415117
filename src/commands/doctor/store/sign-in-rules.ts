import { listIn, textIn } from '../../../net/metadata.js';
import { redirectUrisOf } from '../../../clients.js';
import { hostNames, sources, type Host } from './hosts.js';
import { fail, notChecked, ofMetadata, pass, type Rule, type Verdict } from './rule.js';
import type { Published, Subject } from './subject.js';

const { claudeAuthentication, openaiAuthentication } = sources;
const { compatibility, vscodeSource, cursorClients } = sources;

/** Requirements for the authorization server, so that users of the host can sign in. */
export const signInRules: readonly Rule[] = [
  {
    id: 'registration',
    hosts: {
      chatgpt: openaiAuthentication,
      claude: claudeAuthentication,
      vscode: compatibility,
      cursor: cursorClients,
    },
    sentence: 'Clients can register, or use a client ID document.',
    check: ofMetadata(checkRegistration),
  },
  {
    id: 'pkce',
    hosts: {
      chatgpt: openaiAuthentication,
      claude: claudeAuthentication,
      vscode: sources.specification,
      cursor: sources.specification,
    },
    sentence: 'The authorization server announces PKCE with S256.',
    check: ofMetadata(({ metadata }) =>
      listIn(metadata, 'code_challenge_methods_supported')?.includes('S256') === true
        ? pass('It does.')
        : fail(
            'Its metadata does not announce S256.',
            'Announce code_challenge_methods_supported: ["S256"].',
          ),
    ),
  },
  {
    id: 'redirects',
    hosts: {
      chatgpt: openaiAuthentication,
      claude: claudeAuthentication,
      vscode: vscodeSource,
      cursor: cursorClients,
    },
    sentence: "The host's redirect URIs are registered at the authorization server.",
    check: checkRedirects,
  },
];

function checkRegistration({ metadata }: Published, _: Subject, host: Host): Verdict {
  if (textIn(metadata, 'registration_endpoint') !== undefined) return pass('Clients can register.');
  if (metadata['client_id_metadata_document_supported'] !== true)
    return fail(
      'Neither is supported.',
      `Enable one of the two, or register a client for ${hostNames[host]} by hand.`,
    );
  // Claude's page: a client that a URL identifies is public by definition.
  const methods = listIn(metadata, 'token_endpoint_auth_methods_supported');
  return host === 'claude' && methods?.includes('none') !== true
    ? fail(
        'Client ID documents are accepted, but public clients are not announced.',
        'Add "none" to token_endpoint_auth_methods_supported.',
      )
    : pass('Client ID documents are accepted.');
}

function checkRedirects({ isOpen, authorization }: Subject, host: Host): Verdict {
  if (isOpen === true) return pass('No token is required.');
  const uris = redirectUrisOf(host).join(', ');
  const tried = authorization?.redirects;
  if (tried === undefined)
    return notChecked(`Not tried. They are ${uris}.`, 'Try them with --probe.');
  return tried.accepted
    ? pass(tried.how)
    : fail(`Refused: ${tried.fault}.`, `Register or allow these: ${uris}.`);
}
