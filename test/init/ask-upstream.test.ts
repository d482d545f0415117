import { describe, expect, it } from 'vitest';
import { describeUpstream, upstreamChoices } from '../../src/commands/init/ask-upstream.js';
import { plan } from '../../src/plan/plan.js';
import type { PlanOptions } from '../../src/plan/types.js';
import type { JsonObject } from '../../src/json.js';
import { readCredentials } from '../../templates/src/runtime/credentials/settings.js';
import { Environment } from '../../templates/src/runtime/environment.js';

const key = { type: 'apiKey', in: 'header', name: 'X-Key' };
const oauth = (flow: string) => ({
  type: 'oauth2',
  flows: { [flow]: { tokenUrl: 'https://auth.example.com/token', scopes: {} } },
});

function planOf(
  schemes: JsonObject,
  security: JsonObject[] | undefined,
  options: PlanOptions = {},
) {
  const openapi: JsonObject = {
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    components: { securitySchemes: schemes },
    ...(security !== undefined && { security }),
    paths: { '/': { get: { operationId: 'get', responses: {} } } },
  };
  const document = {
    openapi,
    source: 'x',
    overlays: [],
    hash: '',
    warnings: [],
  };
  return plan(document, options);
}

const variables = (...args: Parameters<typeof planOf>) =>
  upstreamChoices(planOf(...args)).map(({ variables: lines }) => lines);

describe('the ways to call the API', () => {
  it('begin with the document’s requirements, without duplicates', () => {
    expect(variables({ key }, [{ key: [] }])).toEqual([
      ['UPSTREAM_API_KEY'],
      ['UPSTREAM_AUTH=none'],
    ]);
  });

  it('begin with no credentials if the document requires none, or does not state any', () => {
    expect(variables({}, [])).toEqual([[]]);
    expect(variables({}, undefined)[0]).toEqual([]);
    expect(variables({}, undefined)).toContainEqual([
      'UPSTREAM_AUTH=bearer',
      'UPSTREAM_BEARER_TOKEN',
    ]);
  });

  it('offer token exchange only if callers send tokens', () => {
    const schemes = { o: oauth('clientCredentials') };
    const exchange = expect.arrayContaining(['UPSTREAM_AUTH=token-exchange']) as string[];
    expect(variables(schemes, [{ o: [] }])).not.toContainEqual(exchange);
    expect(variables(schemes, [{ o: [] }], { auth: 'oauth2' })).toContainEqual(exchange);
  });

  it('include the key that is required beside a token', () => {
    const bearer = { type: 'http', scheme: 'bearer' };
    expect(variables({ key, bearer }, [{ key: [], bearer: [] }])).toContainEqual([
      'UPSTREAM_AUTH=client-credentials',
      'UPSTREAM_CLIENT_ID',
      'UPSTREAM_CLIENT_SECRET',
      'UPSTREAM_TOKEN_URL',
      'UPSTREAM_API_KEY',
    ]);
  });

  it('ask for the token endpoint when the document does not name it', () => {
    const basic = { type: 'http', scheme: 'bearer' };
    const client = ['UPSTREAM_CLIENT_ID', 'UPSTREAM_CLIENT_SECRET'];
    expect(variables({ basic }, [{ basic: [] }])).toContainEqual([
      'UPSTREAM_AUTH=client-credentials',
      ...client,
      'UPSTREAM_TOKEN_URL',
    ]);
    expect(variables({ o: oauth('authorizationCode') }, [{ o: [] }])).toContainEqual([
      'UPSTREAM_AUTH=client-credentials',
      ...client,
    ]);
  });
});

describe('the variables that the wizard names', () => {
  const context = { hasCertificate: false, extraSecrets: [], callers: 'tokens' } as const;
  const schemes = {
    key,
    basic: { type: 'http', scheme: 'basic' },
    bearer: { type: 'http', scheme: 'bearer' },
    oauth: oauth('authorizationCode'),
    client: oauth('clientCredentials'),
    oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://auth.example.com/.well-known' },
  };
  const plans = [
    planOf({}, undefined, { auth: 'oauth2' }),
    ...Object.entries(schemes).map(([name, scheme]) =>
      planOf({ [name]: scheme }, [{ [name]: [] }], { auth: 'oauth2' }),
    ),
    planOf(schemes, [{ key: [], oidc: [] }, { basic: [] }], { auth: 'oauth2' }),
  ];

  it.each(plans.flatMap((made) => upstreamChoices(made).map((choice) => ({ made, choice }))))(
    'are all that the server needs: $choice.variables',
    ({ made, choice }) => {
      const env = new Environment(
        Object.fromEntries(choice.variables.map((line) => valueOf(line))),
      );
      readCredentials(made.api, env, context);
      expect(() => env.throwProblems()).not.toThrow();
    },
  );

  const valueOf = (line: string): [string, string] => {
    const [name = '', value] = line.split('=');
    return [name, value ?? (name.endsWith('_URL') ? 'https://auth.example.com/token' : 'x')];
  };
});

describe('the descriptions of the schemes', () => {
  it('name the requirements, the alternatives, and the unsupported schemes', () => {
    const schemes = {
      a_key: key,
      b_basic: { type: 'http', scheme: 'basic' },
      c_oauth: oauth('authorizationCode'),
      d_digest: { type: 'http', scheme: 'digest' },
      e_tls: { type: 'mutualTLS' },
    };
    const security: JsonObject[] = [
      { c_oauth: [] },
      { a_key: [], e_tls: [] },
      { b_basic: [] },
      { d_digest: [] },
    ];
    expect(describeUpstream(planOf(schemes, security))).toEqual([
      'The operations require:',
      '  an API key in the header X-Key (a_key)',
      '  a client certificate (e_tls)',
      '  or a user name and a password (b_basic)',
      '  or an access token (c_oauth), from https://auth.example.com/token',
      '  d_digest, which is not supported',
    ]);
  });

  it('distinguish none from unspecified', () => {
    expect(describeUpstream(planOf({}, []))[0]).toContain('need no credentials');
    expect(describeUpstream(planOf({}, undefined))[0]).toContain('does not say');
  });
});
