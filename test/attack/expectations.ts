import type { Expectation } from './case.js';

/** The call went through to the API. */
export const done: Expectation = { status: 200, upstream: 1 };

/** Another scheme, or nothing at all: the way in is told, and nothing is called an error. */
export const missing: Expectation = {
  status: 401,
  challenge: { error: null, error_description: null, scope: 'notes.read' },
  headers: { 'cache-control': /no-store/ },
};

export const malformed: Expectation = { status: 400, challenge: { error: 'invalid_request' } };

export const invalid: Expectation = { status: 401, challenge: { error: 'invalid_token' } };

/** A key that is not known may be new, and whether it is cannot be told at once after the keys were loaded. */
export const unknownKey: Expectation = { status: [401, 503] };

/** Seconds since the epoch, for claims. */
export const now = () => Math.floor(Date.now() / 1000);
