import type { Expectation } from './case.js';

/** The call went through to the API. */
export const done: Expectation = { status: 200, upstream: 1 };

/** Another scheme, or nothing at all: the challenge shows how to sign in, and has no error code. */
export const missing: Expectation = {
  status: 401,
  challenge: { error: null, error_description: null, scope: 'notes.read' },
  headers: { 'cache-control': /no-store/ },
};

export const malformed: Expectation = { status: 400, challenge: { error: 'invalid_request' } };

export const invalid: Expectation = { status: 401, challenge: { error: 'invalid_token' } };

/** A key that is not known may be new, and right after the keys were loaded that cannot be determined. */
export const unknownKey: Expectation = { status: [401, 503] };

/** Seconds since the epoch, for claims. */
export const now = () => Math.floor(Date.now() / 1000);
