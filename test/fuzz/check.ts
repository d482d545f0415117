import { expect } from 'vitest';
import type { Received } from '../attack/hosts.js';
import { mayCall } from './grants.js';
import type { FuzzStage, Observation } from './stage.js';

/** What the caller of a case may see and do. */
export interface Permission {
  /** The rights of a valid token in the right place; absent: nothing may be called. */
  readonly scopes: readonly string[] | undefined;
  /**
   * It names a key that the provider may have just created: within a minute of the last request for keys, this is
   * unknown.
   */
  readonly isUnsure?: boolean;
  /** Secrets in this request that must be neither returned nor logged. */
  readonly confidential?: readonly string[];
}

/** The checks that apply to every request, whatever it contains. */
export function checkAlways(
  stage: FuzzStage,
  { answer, upstream, log }: Observation,
  { scopes, isUnsure = false, confidential = [] }: Permission,
): void {
  // 503 would be the provider's fault, but the provider works here.
  if (answer.status === 503 && isUnsure)
    expect(answer.headers.get('retry-after')).toEqual([expect.stringMatching(/^\d+$/)]);
  else expect(answer.status).toBeLessThan(500);
  const text = `${[...answer.headers].join('\n')}\n${answer.body}`;
  for (const secret of [...stage.secrets, ...confidential]) {
    const traces = tracesOf(secret);
    for (const place of [text, unpacked(text), log])
      expect(traces.filter((trace) => place.includes(trace))).toEqual([]);
  }
  expect(text).not.toMatch(/\n\s+at .*:\d+:\d+|node_modules|node:internal/);
  expect(log).not.toMatch(/"failure":"internal/);
  for (const request of upstream) checkUpstream(stage, request, scopes);
  expect(stage.evil.received).toEqual([]);
}

/** Enough of a secret to recognize it, also in base64, whatever precedes it. */
function tracesOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((skip) => bytes.subarray(skip).toString('base64').slice(0, 20));
  return [secret.slice(0, 16), ...base64].filter((trace) => trace.length >= 12);
}

/** The text with JSON and URL escapes undone, and with blobs decoded. */
function unpacked(text: string): string {
  const blobs = [...text.matchAll(/"(?:blob|data)":"([A-Za-z0-9+/=]+)"/g)].map(([, blob = '']) =>
    Buffer.from(blob, 'base64').toString('latin1'),
  );
  const plain = text
    .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replace(/\\(.)/g, '$1');
  return [plain, ...blobs].join('\n');
}

function checkUpstream(
  { credentials, upstreamHost }: FuzzStage,
  { target, headers }: Received,
  scopes: Permission['scopes'],
): void {
  const tool = toolOf(target);
  expect({ tool, permitted: mayCall(tool, scopes) }).toEqual({ tool, permitted: true });
  expect(headers.host).toBe(upstreamHost);
  const names = [...new URL(target, 'http://x').searchParams.keys()];
  const keys = names.filter((name) => name.toLowerCase() === 'api_key').length;
  // The redirect that this API sends omits the query.
  expect(keys).toBe(tool === 'search' && !target.includes('/again') ? 1 : 0);
  expect(headers['x-api-key']).toBe(
    ['search', 'whole'].includes(tool) ? undefined : credentials.header,
  );
  expect(headers.authorization).toBe(`Bearer ${credentials.bearer}`);
}

/** A path of the API begins with the name of the tool. */
export function toolOf(target: string): string {
  return /^\/v1\/([^/?#]+)/.exec(target)?.[1] ?? target;
}
