import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createAudit } from '../../templates/src/runtime/audit.js';

describe('the audit log', () => {
  it('writes one JSON line for each event, whatever the values hold', () => {
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

  it('survives that nobody reads it any more', () => {
    const stream = new PassThrough();
    const audit = createAudit(stream);
    // Without a listener, emitting an error throws; from a socket it would end the process.
    expect(() => stream.emit('error', new Error('EPIPE'))).not.toThrow();
    expect(() => audit('tool_call', {})).not.toThrow();
  });
});
