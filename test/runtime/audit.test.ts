import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createAudit, limitLines } from '../../templates/src/runtime/audit.js';

describe('the audit log', () => {
  it('writes one JSON line for each event, whatever the values contain', () => {
    const stream = new PassThrough();
    createAudit(stream)('tool_call', { tool: 'a\nb', status: undefined });
    const line = (stream.read() as Buffer).toString();
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toEqual({
      time: expect.any(String) as string,
      event: 'tool_call',
      tool: 'a\nb',
    });
  });

  it('survives the loss of its reader', () => {
    const stream = new PassThrough();
    const audit = createAudit(stream);
    // Without a listener, an error event throws; from a socket it would end the process.
    expect(() => stream.emit('error', new Error('EPIPE'))).not.toThrow();
    expect(() => audit('tool_call', {})).not.toThrow();
  });
});

describe('limited lines', () => {
  it('are 300 per minute for each key of each event, and one that reports the limit', () => {
    const written: unknown[] = [];
    const log = limitLines((event, fields) => written.push({ event, ...fields }));
    for (let i = 0; i < 400; i += 1) log('error', 'a', { i });
    expect(written).toHaveLength(301);
    expect(written.at(-1)).toEqual({ event: 'error', i: 300, limited: true });
    log('error', 'b', {});
    log('other', 'a', {});
    expect(written).toHaveLength(303);
  });
});
