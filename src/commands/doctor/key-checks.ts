import { array, isObject, type JsonObject } from '../../json.js';
import { ALGORITHMS } from '../../../templates/src/runtime/oauth/jwt.js';
import { isUsable } from '../../../templates/src/runtime/oauth/keys.js';
import { plural } from '../../numbers.js';
import { fail, pass, skip, type Check } from './check.js';
import { textIn, type Evidence } from '../../net/metadata.js';

/** Whether there are keys (RFC 7517), and whether tokens can be validated with them (RFC 8725 section 3.1). */
export function checkKeys({ metadata, keys }: Evidence): readonly Check[] {
  const none = (check: Check) => [check, skip('algorithms', 'There are no keys to check.')];
  if (metadata === undefined) return none(skip('keys', 'There is no metadata.'));
  if (keys === undefined) return none(unpublished(metadata));
  const place = textIn(metadata, 'jwks_uri') ?? '';
  if (keys.document === undefined)
    return none(fail('keys', `${place}: ${keys.problem}.`, 'Make the key set publicly readable.'));
  const set = keysIn(keys.document);
  if (set.length === 0)
    return none(
      fail('keys', `${place} has no keys.`, 'Create a signing key at the authorization server.'),
    );
  return [pass('keys', `${plural(set.length, 'key')} at ${place}.`), checkAlgorithms(set)];
}

function unpublished(metadata: JsonObject): Check {
  return typeof metadata['introspection_endpoint'] === 'string'
    ? skip(
        'keys',
        'It does not publish a key set; set OAUTH_TOKEN_FORMAT=opaque to validate tokens by introspection.',
      )
    : fail('keys', 'The metadata has no jwks_uri.', 'Publish the keys that sign tokens.');
}

function checkAlgorithms(set: readonly JsonObject[]): Check {
  const good = set.filter(canSign);
  if (good.length > 0) return pass('algorithms', [...new Set(good.map(nameOf))].join(', '));
  const secret = set.some(({ kty, d }) => kty === 'oct' || d !== undefined);
  return fail(
    'algorithms',
    secret
      ? 'The keys are symmetric or private: anyone who can check a token could also make one. They are public now.'
      : `No key is for an algorithm that a resource server accepts: ${set.map(nameOf).join(', ')}.`,
    secret
      ? 'Revoke them, and sign with RS256 or ES256.'
      : 'Sign access tokens with RS256, ES256 or EdDSA.',
  );
}

/** By the same rules as a generated server. */
function canSign(key: JsonObject): boolean {
  const { alg } = key;
  return isUsable(key) && (typeof alg !== 'string' || ALGORITHMS.includes(alg));
}

function nameOf({ alg, kty, crv }: JsonObject): string {
  return [alg, crv, kty].find((word) => typeof word === 'string') ?? 'unknown';
}

function keysIn({ keys }: JsonObject): readonly JsonObject[] {
  return array(keys).filter(isObject);
}
