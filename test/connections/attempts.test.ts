import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Aborted } from '../../templates/src/runtime/outgoing.js';
import { attempt, type Attempts } from '../../templates/src/runtime/upstream/transport.js';

/** The pauses that were made, in milliseconds; each takes its time of the clock, and none of a test's. */
const pauses: number[] = [];

function passAtOnce(run: () => void, ms = 0) {
  pauses.push(ms);
  vi.advanceTimersByTime(ms);
  return setImmediate(run) as never;
}

const NOW = Date.parse('2026-07-28T12:00:00Z');
const BUDGET = 30_000;

beforeEach(() => {
  pauses.length = 0;
  vi.useFakeTimers({ now: NOW, toFake: ['Date', 'performance'] });
  const random = vi.spyOn(Math, 'random').mockReturnValue(0);
  const timeout = vi.spyOn(globalThis, 'setTimeout').mockImplementation(passAtOnce);
  return () => {
    vi.useRealTimers();
    random.mockRestore();
    timeout.mockRestore();
  };
});

interface Reply {
  readonly status: number;
  readonly retryAfter?: string;
}

/** The outcome of a request with these responses, the last one repeated forever. */
async function answered(
  replies: readonly Reply[],
  { method = 'GET', ...more }: Partial<Attempts> & { method?: string } = {},
) {
  let sent = 0;
  const client: Attempts['client'] = () => {
    const { status, retryAfter } = replies[Math.min(sent, replies.length - 1)] ?? { status: 0 };
    sent += 1;
    const headers: Record<string, string> =
      retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    return Promise.resolve({ status, headers, body: Buffer.of(), truncated: false });
  };
  let authorized = 0;
  const authorize: Attempts['authorize'] = () => {
    authorized += 1;
    const request = { method, origin: 'http://api.example', path: '/', headers: {} };
    return Promise.resolve({ request, token: `t${authorized}`, secrets: [`t${authorized}`] });
  };
  const { response, secrets } = await attempt({
    authorize,
    client,
    maxBytes: 1000,
    renew: () => false,
    retries: 2,
    deadline: performance.now() + BUDGET,
    signal: new AbortController().signal,
    ...more,
  });
  return { status: response.status, response, sent, secrets, pauses: [...pauses] };
}

const busy = (retryAfter?: string): Reply => ({
  status: 503,
  ...(retryAfter !== undefined && { retryAfter }),
});

describe('which answers are asked for again', () => {
  const safe = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'QUERY'];
  const others = ['POST', 'PATCH', 'CONNECT', 'get', 'X'];

  it.each([429, 503].flatMap((status) => safe.map((method) => [status, method] as const)))(
    '%i of %s',
    async (status, method) => {
      expect(await answered([{ status }, { status: 200 }], { method })).toMatchObject({
        status: 200,
        sent: 2,
      });
    },
  );

  it.each([429, 503].flatMap((status) => others.map((method) => [status, method] as const)))(
    'not %i of %s',
    async (status, method) => {
      const outcome = await answered([{ status, retryAfter: '1' }, { status: 200 }], { method });
      expect(outcome).toMatchObject({ status, sent: 1, pauses: [] });
    },
  );

  it.each([200, 202, 204, 301, 304, 400, 401, 403, 404, 408, 409, 425, 428, 500, 501, 502, 504])(
    'not %i',
    async (status) => {
      const outcome = await answered([{ status, retryAfter: '1' }, { status: 200 }]);
      expect(outcome).toMatchObject({ status, sent: 1, pauses: [] });
    },
  );
});

describe('how often', () => {
  it.each([0, 1, 2, 10])('%i times more', async (retries) => {
    const outcome = await answered([busy('0')], { retries, deadline: Infinity });
    expect(outcome).toMatchObject({ status: 503, sent: retries + 1 });
    expect(outcome.pauses).toHaveLength(retries);
  });

  it('with new credentials each time, all of which are masked', async () => {
    expect((await answered([busy()])).secrets).toEqual(['t1', 't2', 't3']);
  });
});

describe('after which pause', () => {
  it.each([
    ['the shortest', 0, [250, 500, 1000, 2000]],
    ['the middle', 0.5, [375, 750, 1500, 3000]],
    ['almost the longest', 0.999, [499.75, 999.5, 1999, 3998]],
  ])('that doubles: %s', async (_, random, expected) => {
    vi.mocked(Math.random).mockReturnValue(random);
    expect((await answered([busy()], { retries: 4 })).pauses).toEqual(expected);
  });

  it('that is not the same for all callers', async () => {
    vi.mocked(Math.random).mockRestore();
    for (let times = 0; times < 10; times += 1) {
      const [first = 0] = (await answered([busy()], { retries: 1 })).pauses.slice(-1);
      expect(first).toBeGreaterThanOrEqual(250);
      expect(first).toBeLessThan(500);
    }
    expect(new Set(pauses).size).toBeGreaterThan(1);
  });

  it.each([
    ['seconds', '7', 7000],
    ['seconds with a fraction', '1.5', 1500],
    ['seconds that are fewer than the pause anyway', '0', 250],
    ['a date', 'Tue, 28 Jul 2026 12:00:05 GMT', 5000],
    ['a date that is over', 'Tue, 28 Jul 2026 11:59:00 GMT', 250],
    ['a date of RFC 850', 'Tuesday, 28-Jul-26 12:00:04 GMT', 4000],
    ['nonsense', 'soon', 250],
    ['a negative number', '-5', 250],
    ['nothing', '', 250],
  ])('that the API asks for: %s', async (_, retryAfter, expected) => {
    const { status, pauses: made } = await answered([busy(retryAfter), { status: 200 }]);
    expect({ status, made }).toEqual({ status: 200, made: [expected] });
  });
});

describe('within the budget', () => {
  it.each([
    ['as many seconds', String(BUDGET / 1000)],
    ['hours', '7200'],
    ['a date in years', 'Wed, 28 Jul 2032 12:00:00 GMT'],
    ['for ever', '9'.repeat(400)],
  ])('the answer comes back when it asks for more patience: %s', async (_, retryAfter) => {
    const outcome = await answered([busy(retryAfter), { status: 200 }]);
    expect(outcome).toMatchObject({ status: 503, sent: 1, pauses: [] });
    expect(outcome.response.headers['retry-after']).toBe(retryAfter);
  });

  it('and when there was enough the first time only', async () => {
    const outcome = await answered([busy('20'), busy('20'), { status: 200 }]);
    expect(outcome).toMatchObject({ status: 503, sent: 2, pauses: [20_000] });
  });

  it('and when a pause would use it up', async () => {
    const deadline = performance.now() + 250;
    expect(await answered([busy()], { deadline })).toMatchObject({ sent: 1, pauses: [] });
    expect(await answered([busy()], { deadline: deadline + 1 })).toMatchObject({ pauses: [250] });
  });
});

describe('beside a new token after a 401', () => {
  const renew = () => true;

  it('which is fetched once, at once, and does not count as a retry', async () => {
    const replies = [busy(), { status: 401 }, busy(), { status: 200 }];
    expect(await answered(replies, { renew })).toMatchObject({
      status: 200,
      sent: 4,
      pauses: [250, 500],
    });
  });

  it('and not twice', async () => {
    const refused = { status: 401 };
    expect(await answered([refused, busy(), refused], { renew })).toMatchObject({
      status: 401,
      sent: 3,
    });
  });

  it('for the token that was refused', async () => {
    const asked: string[] = [];
    await answered([busy(), { status: 401 }], { renew: (token) => asked.push(token) < 0 });
    expect(asked).toEqual(['t2']);
  });
});

describe('when the call is given up', () => {
  it('in a pause, nothing more is sent and no timer is left', async () => {
    const stop = new AbortController();
    const cleared = vi.spyOn(globalThis, 'clearTimeout');
    vi.mocked(setTimeout).mockImplementation(() => {
      setImmediate(() => stop.abort());
      return 'timer' as never;
    });
    await expect(answered([busy()], { signal: stop.signal })).rejects.toBeInstanceOf(Aborted);
    expect(cleared).toHaveBeenCalledWith('timer');
    cleared.mockRestore();
  });

  it('before a pause, it is not waited out', async () => {
    const signal = AbortSignal.abort();
    await expect(answered([busy()], { signal })).rejects.toBeInstanceOf(Aborted);
  });

  it('not, after a pause no listener is left', async () => {
    const { signal } = new AbortController();
    const [added, removed] = [
      vi.spyOn(signal, 'addEventListener'),
      vi.spyOn(signal, 'removeEventListener'),
    ];
    await answered([busy(), { status: 200 }], { signal });
    expect(added.mock.calls.map(([, listener]) => listener)).toHaveLength(1);
    expect(removed.mock.calls[0]?.[1]).toBe(added.mock.calls[0]?.[1]);
  });
});
