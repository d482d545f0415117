import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import type { Json } from '../../src/load/document.js';
import { plan } from '../../src/plan/plan.js';
import type { PlanOptions } from '../../src/plan/types.js';
import { documentOf } from './helpers.js';

function iconOf(logo?: Json, options: PlanOptions = {}): string | undefined {
  const info = { title: 'T', version: '1', ...(logo !== undefined && { 'x-logo': logo }) };
  const paths = { '/x': { get: { operationId: 'x' } } };
  return plan(documentOf({ openapi: '3.1.0', info, paths }), options).api.icon;
}

const logo = { url: 'https://acme.dev/logo.svg' };

describe('the icon of a server', () => {
  it('is the logo of the document, or the one on the command line', () => {
    expect(iconOf(logo)).toBe('https://acme.dev/logo.svg');
    expect(iconOf(logo, { icon: 'https://acme.dev/other.png' })).toBe('https://acme.dev/other.png');
    expect(iconOf()).toBeUndefined();
  });

  it.each([
    { url: 'http://acme.dev/logo.svg' },
    { url: '/logo.svg' },
    { url: 'javascript:alert(1)' },
    { url: 'https://user:secret@acme.dev/logo.svg' },
    'https://acme.dev/logo.svg',
  ])('is not %j', (found) => {
    expect(iconOf(found)).toBeUndefined();
  });

  it('must be an https URL', () => {
    expect(() => iconOf(undefined, { icon: 'logo.png' })).toThrow(InputError);
  });
});
