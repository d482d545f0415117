import type { Api, SecurityScheme } from '../../templates/src/runtime/api.js';
import { CallerToken } from '../../templates/src/runtime/caller.js';
import type { Variables } from '../../templates/src/runtime/environment.js';
import type { SecretWatch } from '../support/secret-watch.js';
import type { CallOptions, ConnectOptions } from './connect.js';
import { createSigner } from './signing.js';
import type { TokenStub } from './token-stub.js';

/** One way in which an API is shown a credential. */
export interface Mode {
  readonly name: string;
  readonly schemes: Api['securitySchemes'];
  readonly variables: Variables;
  readonly more?: Pick<ConnectOptions, 'credential' | 'callers'>;
  readonly call?: CallOptions;
}

const random = () => crypto.randomUUID();
const key = (place: 'header' | 'query' | 'cookie', name: string): SecurityScheme => ({
  type: 'apiKey',
  in: place,
  name,
  variable: 'UPSTREAM_API_KEY',
});
const bearer = { type: 'http', scheme: 'bearer' } as const;

/** All of them; the scheme that the operation asks for is called `scheme`. */
export function createModes(watch: SecretWatch, tokens: TokenStub): Mode[] {
  // What any writer of any format has to escape.
  const awkward = () => watch.hide(`k+y/=&"<>'\\%41 ${random()}`);
  const client = {
    UPSTREAM_CLIENT_ID: 'service',
    UPSTREAM_CLIENT_SECRET: awkward(),
    UPSTREAM_TOKEN_URL: tokens.tokenUrl,
  };
  const token = new CallerToken(watch.hide(`eyJ.${random()}.${random()}`), {
    expiresAt: Date.now() / 1000 + 3600,
    audiences: ['urn:api'],
  });
  const perUser = { more: { callers: 'tokens' }, call: { token } } as const;
  return [
    ...(['header', 'query'] as const).map((place) => ({
      name: `a key in the ${place}`,
      schemes: { scheme: key(place, 'X-Credential') },
      variables: { UPSTREAM_API_KEY: awkward() },
    })),
    {
      name: 'a key in a cookie',
      schemes: { scheme: key('cookie', 'sid') },
      variables: { UPSTREAM_API_KEY: watch.hide(`k+y/=&<>'%41${random()}`) },
    },
    {
      name: 'a password',
      schemes: { scheme: { type: 'http', scheme: 'basic' } },
      variables: { UPSTREAM_USERNAME: 'zoë', UPSTREAM_PASSWORD: watch.hide(`${awkward()}ü`) },
    },
    {
      name: 'a user name that is the secret',
      schemes: { scheme: { type: 'http', scheme: 'basic' } },
      variables: { UPSTREAM_USERNAME: awkward() },
    },
    {
      name: 'a bearer token',
      schemes: { scheme: bearer },
      variables: { UPSTREAM_BEARER_TOKEN: watch.hide(`b+r/=~${random()}`) },
    },
    {
      name: 'a separate token',
      schemes: { scheme: bearer },
      variables: client,
    },
    {
      name: 'an exchanged token',
      schemes: { scheme: bearer },
      variables: { ...client, UPSTREAM_AUTH: 'token-exchange', UPSTREAM_TOKEN_AUDIENCE: 'urn:api' },
      ...perUser,
    },
    {
      name: 'the token of the caller',
      schemes: { scheme: bearer },
      variables: { UPSTREAM_AUTH: 'forward', UPSTREAM_TOKEN_AUDIENCE: 'urn:api' },
      ...perUser,
    },
    {
      name: 'a header of the settings',
      schemes: { scheme: bearer },
      variables: {
        UPSTREAM_BEARER_TOKEN: watch.hide(`bearer-${random()}`),
        UPSTREAM_HEADERS: JSON.stringify({ 'X-Shared-Secret': awkward() }),
      },
    },
    {
      name: 'a signature',
      schemes: { scheme: { type: 'http', scheme: 'hmac' } },
      variables: {},
      more: { credential: createSigner(awkward()) },
    },
  ];
}
