import { urlFault } from '../../../../templates/src/runtime/http.js';
import { listIn, textIn } from '../evidence.js';
import { ID_JAG_PROFILE, JWT_BEARER } from './assertion.js';
import { sources } from './hosts.js';
import { fail, notChecked, pass, type Rule, type Verdict } from './rule.js';
import type { Authorization, Json, Subject } from './subject.js';

const { claudeEnterprise, enterpriseExtension, idJag, oktaPlayground } = sources;

const EXTENSION = 'io.modelcontextprotocol/enterprise-managed-authorization';

/** What is required of servers whose users an identity provider signs in (ID-JAG). It is optional: none fails without it. */
export const enterpriseRules: readonly Rule[] = [
  {
    id: 'enterprise-grant',
    hosts: { claude: claudeEnterprise },
    sentence: 'An authorization server that takes identity assertions announces their grant.',
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
        return notChecked('Its extensions are not known.', 'Name the project with --project.');
      return extensions.includes(EXTENSION)
        ? pass('It does.')
        : fail(
            `Its capabilities have no ${EXTENSION}.`,
            'Generate it again: the runtime of this version announces it.',
          );
    }),
  },
];

type Check = (authorization: Authorization & { readonly metadata: Json }, of: Subject) => Verdict;

function ofMetadata(check: Check): Rule['check'] {
  return (subject) => {
    const { isOpen, authorization } = subject;
    if (isOpen === true) return pass('No token is required.');
    const { issuer, metadata } = authorization ?? {};
    return issuer === undefined || metadata === undefined
      ? notChecked('The metadata of its authorization server is not known.')
      : check({ ...authorization, issuer, metadata }, subject);
  };
}

/** Whether assertions are taken at all is the operator's choice. */
function ofOffer(check: Check): Rule['check'] {
  return ofMetadata((authorization, subject) => {
    const { issuer, metadata } = authorization;
    return offers(metadata) ? check(authorization, subject) : notOffered(issuer);
  });
}

function offers(metadata: Json): boolean {
  const profiles = listIn(metadata, 'authorization_grant_profiles_supported');
  return profiles?.includes(ID_JAG_PROFILE) === true;
}

function notOffered(issuer: string): Verdict {
  return notChecked(
    `${issuer} announces no identity assertions.`,
    'Enterprise sign-in is optional; docs/enterprise.md says how to offer it.',
  );
}

/** Claude's page: without it in the list, the feature is not offered to customers. The draft demands it, section 7. */
function checkGrant({ issuer, metadata }: Authorization & { readonly metadata: Json }): Verdict {
  const grants = listIn(metadata, 'grant_types_supported') ?? [];
  if (offers(metadata))
    return grants.includes(JWT_BEARER)
      ? pass('It does.')
      : fail(
          'The profile id-jag is announced, and the grant is not.',
          `Add ${JWT_BEARER} to grant_types_supported.`,
        );
  if (!grants.includes(JWT_BEARER)) return notOffered(issuer);
  return notChecked(
    'The grant jwt-bearer is announced, and not what for.',
    `If it is for identity assertions, add ${ID_JAG_PROFILE} to authorization_grant_profiles_supported.`,
  );
}

/** Claude's page: the identity provider writes one client ID into every assertion, which no registration on the fly has. */
function checkClient({ metadata }: Authorization & { readonly metadata: Json }): Verdict {
  if (metadata['client_id_metadata_document_supported'] === true)
    return pass('Client ID documents are accepted.');
  if (textIn(metadata, 'registration_endpoint') === undefined)
    return notChecked(
      'Clients are registered by hand, which works if the identity provider knows them.',
    );
  return fail(
    'Clients can only register on the fly.',
    'Accept client ID documents, or agree with the client on one that you register by hand.',
  );
}

function checkEndpoints({ metadata }: Authorization & { readonly metadata: Json }): Verdict {
  const names = ['token_endpoint', 'jwks_uri'];
  const wrong = names.filter((name) => urlFault(textIn(metadata, name) ?? '', { query: true }));
  return wrong.length === 0
    ? pass('It has both.')
    : fail(
        `${wrong.join(' and ')} ${wrong.length === 1 ? 'is' : 'are'} missing, or not https.`,
        `Add ${wrong.join(' and ')} to its metadata.`,
      );
}

function checkTrust({ assertion }: Authorization): Verdict {
  if (assertion === undefined) return notChecked('Not tried.', 'Try it with --probe.');
  if (assertion.result === 'refused') return pass('It was.');
  if (assertion.result === 'unread')
    return notChecked(`Another refusal came first: ${assertion.fault}.`);
  return fail(
    `An assertion of https://identity-provider.invalid was answered differently: ${assertion.fault}.`,
    'Keep a list of issuers for each tenant, and refuse all others with invalid_grant.',
  );
}
