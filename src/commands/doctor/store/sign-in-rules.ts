import type { JsonObject } from '../../../json.js';
import { listIn, textIn } from '../../../net/metadata.js';
import { redirectUrisOf } from '../../../clients.js';
import { hostNames, sources, type Host } from './hosts.js';
import { fail, notChecked, pass, type Rule, type Verdict } from './rule.js';
import type { Subject } from './subject.js';

const { claudeAuthentication, openaiAuthentication } = sources;
const { compatibility, vscodeSource, cursorClients } = sources;

const ISSUER = 'Pass its authorization server with --oauth-server, or a project that names one.';

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
    check: checkRegistration,
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
    check: (subject) =>
      ofMetadata(subject, (metadata) =>
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

function ofMetadata(
  { isOpen, authorization }: Subject,
  check: (metadata: JsonObject) => Verdict,
): Verdict {
  if (isOpen === true) return pass('No token is required.');
  if (authorization === undefined) return notChecked('No authorization server is known.', ISSUER);
  const { metadata, issuer } = authorization;
  return metadata === undefined
    ? notChecked(`${issuer} has no metadata, or cannot be reached.`)
    : check(metadata);
}

function checkRegistration(subject: Subject, host: Host): Verdict {
  return ofMetadata(subject, (metadata) => {
    if (textIn(metadata, 'registration_endpoint') !== undefined)
      return pass('Clients can register.');
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
  });
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
