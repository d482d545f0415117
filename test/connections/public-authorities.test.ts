import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createHttpClient } from '../../templates/src/runtime/net.js';
import type { Authority } from '../support/certificates.js';
import { get } from '../support/get.js';
import { startSecureUpstream, type SecureUpstream } from './secure-upstream.js';

/** Stands for those that Node trusts: a real one signs nothing for a test. */
const publicly = vi.hoisted((): { authority?: Authority } => ({}));
vi.mock(import('node:tls'), async (original) => {
  const { createAuthority } = await import('../support/certificates.js');
  publicly.authority = await createAuthority('Public CA');
  return { ...(await original()), rootCertificates: [publicly.authority.ca] };
});

let upstream: SecureUpstream;
beforeAll(async () => {
  const identity = await publicly.authority?.issue({ name: 'api', hosts: ['127.0.0.1'] });
  if (identity === undefined) throw new Error('There is no public authority');
  upstream = await startSecureUpstream({ identity });
});
afterAll(() => upstream.close());

it('public authorities are trusted besides the private one', async () => {
  const { createAuthority } = await import('../support/certificates.js');
  const { ca } = await createAuthority('Private CA');
  const response = await get(createHttpClient({}, { ca }), upstream.url);
  expect(response.status).toBe(200);
});

it('and this one is none', async () => {
  await expect(get(createHttpClient({}), upstream.url)).rejects.toThrow(/unable to verify/);
});
