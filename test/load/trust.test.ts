import { expect, test } from 'vitest';
import { isLocal, mayLead } from '../../src/load/read/trust.js';

test.each([
  ['file:///a', 'file:///b', true],
  ['file:///a', 'https://x.example/', true],
  ['file:///a', 'http://127.0.0.1/', true],
  ['file:///a', 'ftp://x.example/', false],
  ['http://x.example/', 'file:///etc/passwd', false],
  ['http://127.0.0.1/', 'file:///etc/passwd', false],
  ['http://x.example/', 'data:text/plain,x', false],
  ['http://x.example/', 'https://y.example/', true],
  ['http://x.example/', 'http://y.example/', true],
  ['https://x.example/', 'http://x.example/', false],
  ['https://x.example/', 'http://127.0.0.1/', false],
  ['https://x.example/', 'https://localhost/', false],
  ['https://localhost/', 'http://127.0.0.1:3000/', true],
  ['https://x.example/', 'http://169.254.169.254/latest/meta-data', false],
])('%s leading to %s: %s', (from, to, allowed) => {
  expect(mayLead(new URL(from), new URL(to))).toBe(allowed);
});

test.each([
  'http://localhost',
  'http://LOCALHOST.',
  'http://a.localhost',
  'http://127.1',
  'http://0x7f000001',
  'http://0.0.0.0',
  'http://[::1]',
  'http://[::]',
  'http://[::ffff:127.0.0.1]',
  'http://[::ffff:169.254.169.254]',
  'http://[fe80::1]',
])('%s is this machine or its link', (url) => expect(isLocal(new URL(url))).toBe(true));

test.each([
  'http://127.example',
  'http://localhost.example',
  'http://[2001:db8::1]',
  'http://10.0.0.1',
])('%s is not', (url) => expect(isLocal(new URL(url))).toBe(false));
