import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWatch } from '../../../templates/src/runtime/upstream/stream.js';

const SECONDS = 1000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** Watches a response with a timeout, and records how it ended: undefined while it continues. */
function watch(headers: Record<string, string>, seconds = 30) {
  const events: string[] = [];
  const state: { unfinished?: boolean } = {};
  const deadline = performance.now() + seconds * SECONDS;
  const onEvent = (text: string) => void events.push(text);
  const watcher = createWatch({ deadline, onEvent })(headers, (unfinished) => {
    state.unfinished ??= unfinished;
  });
  const take = (text: string) => watcher.took(Buffer.from(text));
  const after = (time: number) => {
    vi.advanceTimersByTime(time * SECONDS);
    return state.unfinished;
  };
  return { take, after, events, stop: () => watcher.stop() };
}

const eventStream = { 'content-type': 'text/event-stream' };

test('a stream ends a few seconds after its last event, not before', () => {
  const { take, after } = watch(eventStream);
  take('data: 1\n\n');
  expect(after(4)).toBeUndefined();
  take('data: 2\n\n');
  expect(after(4)).toBeUndefined();
  take(': ping\n\n');
  expect(after(2)).toBe(true);
});

test('an empty stream is an empty response when the time is up', () => {
  const { after } = watch(eventStream);
  expect(after(29)).toBeUndefined();
  expect(after(1)).toBe(true);
});

test('any other empty response counts as missing', () => {
  expect(watch({ 'content-type': 'application/json' }).after(31)).toBeUndefined();
});

test('a response with a length is awaited to its end', () => {
  const { take, after } = watch({ 'content-type': 'application/json', 'content-length': '100' });
  take('{"a":');
  expect(after(29)).toBeUndefined();
  expect(after(1)).toBe(true);
});

test('a response without a length that is not a stream is awaited longer', () => {
  const { take, after } = watch({ 'content-type': 'application/json' });
  take('{"a":');
  expect(after(9)).toBeUndefined();
  expect(after(2)).toBe(true);
});

test.each([
  'application/x-ndjson',
  'application/json-seq',
  'application/stream+json',
  'application/x-json-stream',
  'multipart/x-mixed-replace; boundary=a',
])('%s is a stream', (type) => {
  const { take, after } = watch({ 'content-type': type });
  take('{"a":1}');
  expect(after(6)).toBe(true);
});

test('blank lines do not delay the end', () => {
  const { take, after } = watch({ 'content-type': 'application/x-ndjson' });
  take('{"a":1}\n');
  after(4);
  take('\n');
  expect(after(2)).toBe(true);
});

test.each(['data: [DONE]\n', 'data:[DONE]\r\n', 'data: [DONE]\r\r'])(
  '%j ends it at once',
  (line) => {
    const { take, after } = watch(eventStream);
    take('data: 1\n\n');
    take(line);
    expect(after(0)).toBe(false);
  },
);

test.each(['data: say [DONE]\n\n', 'x data: [DONE]\n\n'])('%j does not', (line) => {
  const { take, after } = watch(eventStream);
  take(line);
  expect(after(0)).toBeUndefined();
});

test('events are passed on, including whole events of several lines', () => {
  const { take, events } = watch(eventStream);
  take('event: a\ndata: 1\ndata: 2\n\nda');
  take('ta: 3\r\n\r\n: x\n\n');
  expect(events).toEqual(['1\n2', '3']);
});

test('lines may end with CR, and CRLF may come in two parts', () => {
  const { take, events } = watch(eventStream);
  take('data: 1\rdata: 2\r\rdata: 3\r');
  take('\ndata: 4\r');
  expect(events).toEqual(['1\n2']);
  take('\r\n');
  expect(events).toEqual(['1\n2', '3\n4']);
});

test('the lines of a text are not events, and [DONE] ends it', () => {
  const { take, after, events } = watch({ 'content-type': 'text/plain' });
  take('one\ndata: 2\n\n');
  expect([after(0), events]).toEqual([undefined, []]);
  take('data: [DONE]\n');
  expect(after(0)).toBe(false);
});

test('a finished response is not ended again', () => {
  const { take, after, stop } = watch(eventStream);
  take('data: 1\n\n');
  stop();
  take('data: [DONE]\n\n');
  expect(after(31)).toBeUndefined();
});
