import type { Environment } from '../environment.js';
import { readSigningKey, type OAuthClient, type SigningKey } from './client-authentication.js';

const methods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;

/** Reads as which client this server asks for tokens, and how it proves that. */
export function readClient(
  env: Environment,
  kind: string,
  usual: 'client_secret_basic' | 'client_secret_post',
): OAuthClient {
  const needed = `is needed for UPSTREAM_AUTH=${kind}`;
  const id = env.required('UPSTREAM_CLIENT_ID', needed, 'my-server');
  const chosen = env.oneOf('UPSTREAM_CLIENT_AUTH', methods);
  const hasKey = env.text('UPSTREAM_CLIENT_KEY_FILE') !== undefined;
  const method = chosen ?? (hasKey ? 'private_key_jwt' : usual);
  if (method === 'private_key_jwt') return { id, authentication: { method, key: readKey(env) } };
  const secret = env.required(
    'UPSTREAM_CLIENT_SECRET',
    `${needed}, or UPSTREAM_CLIENT_KEY_FILE`,
    '…',
  );
  return { id, authentication: { method, secret } };
}

function readKey(env: Environment): SigningKey {
  const variable = 'UPSTREAM_CLIENT_KEY_FILE';
  const example = './client-key.pem';
  if (env.text(variable) === undefined)
    env.problem(variable, 'is needed for UPSTREAM_CLIENT_AUTH=private_key_jwt', example);
  const text = env.file(variable, example) ?? '';
  try {
    return readSigningKey(text, env.text('UPSTREAM_CLIENT_KEY_ID'));
  } catch {
    if (text !== '')
      env.problem(
        variable,
        'must hold a private key in PEM, without a passphrase, or as a JWK: RSA of 2048 bits or more, EC or Ed25519',
        example,
      );
    // Never used: the start stops over the problem.
    return {} as SigningKey;
  }
}
