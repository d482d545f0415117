import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createFetch } from '../../templates/src/runtime/http-client.js';
import type { Authority } from '../support/certificates.js';
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
  const response = await createFetch({}, { ca })(upstream.url, {});
  expect(response.status).toBe(200);
});

it('and this one is none', async () => {
  await expect(createFetch({})(upstream.url, {})).rejects.toThrow('fetch failed');
});
