import { urlFault } from '../../../../templates/src/runtime/http.js';
import type { JsonObject } from '../../../json.js';
import { listIn, textIn } from '../../../net/metadata.js';
import { ID_JAG_PROFILE, JWT_BEARER } from './assertion.js';
import { sources } from './hosts.js';
import { fail, notChecked, ofMetadata, pass, type Rule, type Verdict } from './rule.js';
import type { Published, Subject } from './subject.js';

const { claudeEnterprise, enterpriseExtension, idJag, oktaPlayground } = sources;

const EXTENSION = 'io.modelcontextprotocol/enterprise-managed-authorization';

/**
 * Requirements for servers whose users sign in through an identity provider (ID-JAG). It is optional: no server fails
 * without it.
 */
export const enterpriseRules: readonly Rule[] = [
  {
    id: 'enterprise-grant',
    hosts: { claude: claudeEnterprise },
    sentence:
      'An authorization server that accepts identity assertions announces their grant type.',
    check: ofMetadata(checkGrant),
  },
  {
    id: 'enterprise-client',
    hosts: { claude: claudeEnterprise },
    sentence: 'With identity assertions, clients have IDs that an identity provider can know.',
    check: ofOffer(checkClient),
  },
  {
    id: 'enterprise-endpoints',
    hosts: { claude: oktaPlayground },
    sentence: 'With identity assertions, the metadata has a token endpoint and keys, with https.',
    check: ofOffer(checkEndpoints),
  },
  {
    id: 'enterprise-trust',
    hosts: { claude: idJag },
    sentence: 'An identity assertion of an unknown issuer is refused with invalid_grant.',
    check: ofOffer(checkTrust),
  },
  {
    id: 'enterprise-announced',
    hosts: { claude: enterpriseExtension },
    sentence: 'With identity assertions, the server announces enterprise-managed authorization.',
    check: ofOffer((_, { extensions }) => {
      if (extensions === undefined)
        return notChecked('Its extensions are not known.', 'Pass the project with --project.');
      return extensions.includes(EXTENSION)
        ? pass('It does.')
        : fail(
            `Its capabilities have no ${EXTENSION}.`,
            'Generate it again: the runtime of this version announces it.',
          );
    }),
  },
];

/** Whether assertions are taken at all is the operator's choice. */
function ofOffer(check: (authorization: Published, subject: Subject) => Verdict): Rule['check'] {
  return ofMetadata((authorization, subject) => {
    const { issuer, metadata } = authorization;
    return offers(metadata) ? check(authorization, subject) : notOffered(issuer);
  });
}

function offers(metadata: JsonObject): boolean {
  const profiles = listIn(metadata, 'authorization_grant_profiles_supported');
  return profiles?.includes(ID_JAG_PROFILE) === true;
}

function notOffered(issuer: string): Verdict {
  return notChecked(
    `${issuer} does not announce identity assertions.`,
    'Enterprise sign-in is optional; docs/enterprise.md explains how to offer it.',
  );
}

/**
 * Claude's page: without it in the list, the feature is not offered to customers. Section 7 of the draft requires it.
 */
function checkGrant({ issuer, metadata }: Published): Verdict {
  const grants = listIn(metadata, 'grant_types_supported') ?? [];
  if (offers(metadata))
    return grants.includes(JWT_BEARER)
      ? pass('It does.')
      : fail(
          'The profile id-jag is announced, but the grant type is not.',
          `Add ${JWT_BEARER} to grant_types_supported.`,
        );
  if (!grants.includes(JWT_BEARER)) return notOffered(issuer);
  return notChecked(
    'The grant type jwt-bearer is announced, but not its profile.',
    `If it is for identity assertions, add ${ID_JAG_PROFILE} to authorization_grant_profiles_supported.`,
  );
}

/**
 * Claude's page: the identity provider writes one client ID into every assertion; a dynamically registered client has
 * another.
 */
function checkClient({ metadata }: Published): Verdict {
  if (metadata['client_id_metadata_document_supported'] === true)
    return pass('Client ID documents are accepted.');
  if (textIn(metadata, 'registration_endpoint') === undefined)
    return notChecked(
      'Clients are registered by hand, which works if the identity provider knows them.',
    );
  return fail(
    'Clients can only register dynamically.',
    'Accept client ID documents, or register a client by hand and share its ID.',
  );
}

function checkEndpoints({ metadata }: Published): Verdict {
  const names = ['token_endpoint', 'jwks_uri'];
  const wrong = names.filter((name) => urlFault(textIn(metadata, name) ?? '', { query: true }));
  return wrong.length === 0
    ? pass('It has both.')
    : fail(
        `${wrong.join(' and ')} ${wrong.length === 1 ? 'is' : 'are'} missing, or not https.`,
        `Add ${wrong.join(' and ')} to its metadata.`,
      );
}

function checkTrust({ assertion }: Published): Verdict {
  if (assertion === undefined) return notChecked('Not tried.', 'Try it with --probe.');
  if (assertion.result === 'refused') return pass('It was refused.');
  if (assertion.result === 'unread')
    return notChecked(`It was refused for another reason first: ${assertion.fault}.`);
  return fail(
    `An assertion of https://identity-provider.invalid was answered differently: ${assertion.fault}.`,
    'Keep a list of issuers for each tenant, and refuse all others with invalid_grant.',
  );
}
