import { createRequestStateCodec } from '@modelcontextprotocol/server';
import { secret } from '../../support/secrets.js';
import {
  ensure,
  expectAnswer,
  scenario,
  type Case,
  type Expectation,
  type Group,
} from '../case.js';
import { movableClock, passHalfAMinute } from '../clock.js';
import { done } from '../expectations.js';
import type { Attempt, Stage } from '../stage.js';
import { short } from './scope-calls.js';

const issue = 'issue on hosts: a person confirms before something is destroyed';
const META = 'io.modelcontextprotocol/';
const key = `${'k'.repeat(32)}${secret('state')}`;
const id = { id: '1' };

const refused = (why: RegExp): Expectation => ({ status: 200, challenge: 'none', body: why });
/** The state itself was not accepted. */
const unsealed: Expectation = { status: [200, 400], challenge: 'none', body: /-32602/ };
const otherCall = refused(/The user has confirmed another call/);
const usedBefore = refused(/This confirmation has already been used/);
const declined = refused(/did not confirm this call/);
const noQuestion = refused(/does not belong to any question/);
const cannotAsk = refused(/this client cannot ask/);

const yes = { action: 'accept', content: { confirm: true } };

interface Said {
  readonly tool?: string;
  readonly args?: unknown;
  /** Claims of the token. */
  readonly claims?: Record<string, unknown>;
  readonly capabilities?: unknown;
  readonly state?: unknown;
  readonly answers?: unknown;
}

/** A call in 2026-07-28, by default from a client that can ask its user. */
async function calling(stage: Stage, said: Said = {}): Promise<Attempt> {
  const { tool = 'delete_note', args = id, capabilities = { elicitation: {} } } = said;
  const message = stage.callOf(tool, args) as { params: { name: string } };
  const params = {
    ...message.params,
    ...(said.state !== undefined && { requestState: said.state }),
    ...(said.answers !== undefined && { inputResponses: said.answers }),
    _meta: {
      [`${META}protocolVersion`]: '2026-07-28',
      [`${META}clientInfo`]: { name: 'x', version: '1' },
      [`${META}clientCapabilities`]: capabilities,
    },
  };
  return {
    body: { ...message, params },
    token: await stage.token({ scope: 'notes.write', ...said.claims }),
    headers: [
      ['MCP-Protocol-Version', '2026-07-28'],
      ['Mcp-Method', 'tools/call'],
      ['Mcp-Name', params.name],
    ],
  };
}

/** The state of a question that is asked, before anything is called. */
async function ask(stage: Stage, said: Said = {}): Promise<string> {
  const question: Expectation = { status: 200, body: /"resultType":"input_required"/ };
  const { body } = await expectAnswer(stage, await calling(stage, said), question);
  const [, state] = /"requestState":"([^"]+)"/.exec(body) ?? [];
  ensure(state !== undefined, `there is no state: ${body}`);
  return state;
}

async function answer(stage: Stage, expected: Expectation, said: Said): Promise<void> {
  await expectAnswer(stage, await calling(stage, { answers: { confirm: yes }, ...said }), expected);
}

/** A yes to a question, given for another call, or in another way. */
function reuse(name: string, said: Said, expected: Expectation): Case {
  return scenario(name, issue, async (stage) => {
    const state = await ask(stage);
    await answer(stage, expected, { state, ...said });
    // What was tried has not taken the yes from those to whom it was given.
    if (expected === otherCall || expected === unsealed) await answer(stage, done, { state });
  });
}

/** Something else than a yes; a yes that follows comes too late. */
function noYes(name: string, given: unknown): Case {
  return scenario(name, issue, async (stage) => {
    const state = await ask(stage);
    await answer(stage, declined, { state, answers: { confirm: given } });
    await answer(stage, usedBefore, { state });
  });
}

/** A yes with a state that is made from one that was given. */
function forged(name: string, forge: (state: string) => unknown, expected = unsealed): Case {
  return scenario(name, issue, async (stage) => {
    const state = await ask(stage);
    await answer(stage, expected, { state: forge(state) });
  });
}

/** The same seal on another content. */
function withPayload(state: string, change: (payload: Record<string, unknown>) => void): string {
  const [version = '', body = '', seal = ''] = state.split('.');
  const content = JSON.parse(Buffer.from(body, 'base64url').toString()) as {
    p: Record<string, unknown>;
  };
  change(content.p);
  const changed = Buffer.from(JSON.stringify(content)).toString('base64url');
  return [version, changed, seal].join('.');
}

const inEarlierEra = (stage: Stage, state?: string) => ({
  ...stage.callOf('delete_note', id),
  params: {
    ...(stage.callOf('delete_note', id)['params'] as object),
    ...(state !== undefined && { requestState: state, inputResponses: { confirm: yes } }),
  },
});

/** Arguments that no call can be made with: a person who accepts them has confirmed nothing. */
const unusable: readonly (readonly [name: string, args: unknown])[] = [
  ['missing arguments', {}],
  ['unknown arguments', { ...id, all: true }],
  ['arguments of another type', { ...id, force: 'perhaps' }],
  ['a path that leads elsewhere', { id: '..' }],
];

const cases: Case[] = [
  scenario('a yes', issue, async (stage) => {
    await answer(stage, done, { state: await ask(stage) });
  }),
  scenario('a yes to what the document marks', issue, async (stage) => {
    const said = { tool: 'send_draft' };
    await answer(stage, done, { ...said, state: await ask(stage, said) });
  }),
  ...unusable.map(([name, args]) =>
    scenario(`no question about ${name}`, issue, async (stage) => {
      const asked = await calling(stage, { args });
      await expectAnswer(stage, asked, { status: 200, body: /"isError":true/ });
    }),
  ),
  scenario('a yes without a question', issue, (stage) => answer(stage, noQuestion, {})),
  reuse('other arguments', { args: { id: '2' } }, otherCall),
  reuse('more arguments', { args: { ...id, force: true } }, otherCall),
  reuse('fewer arguments', { args: {} }, otherCall),
  reuse('another tool', { tool: 'send_draft' }, otherCall),
  reuse('another caller', { claims: { sub: 'mallory' } }, unsealed),
  reuse('another client of the caller', { claims: { client_id: 'c2' } }, unsealed),
  reuse(
    'a caller who has lost the permission',
    { claims: { scope: 'notes.read' } },
    short('notes.read notes.write'),
  ),
  scenario('twice', issue, async (stage) => {
    const state = await ask(stage);
    await answer(stage, done, { state });
    await answer(stage, usedBefore, { state });
  }),
  scenario('twenty at once', issue, async (stage) => {
    const said = { state: await ask(stage), answers: { confirm: yes } };
    const before = stage.around.upstream.received.length;
    const attempts = Array.from({ length: 20 }, async () => stage.send(await calling(stage, said)));
    const answers = await Promise.all(attempts);
    const calls = stage.around.upstream.received.length - before;
    const used = answers.filter(({ body }) => body.includes('has already been used')).length;
    ensure(calls === 1 && used === 19, `${calls} calls, ${used} refusals`);
  }),
  scenario(
    'after five minutes',
    issue,
    async (stage) => {
      const state = await ask(stage);
      for (let half = 0; half < 10; half += 1) await passHalfAMinute(stage);
      await answer(stage, unsealed, { state, claims: laterClaims() });
    },
    { env: () => ({ ...settings, ...movableClock }) },
  ),
  noYes('a no', { action: 'decline' }),
  noYes('a no with a tick', { action: 'decline', content: { confirm: true } }),
  noYes('a cancelled form', { action: 'cancel' }),
  noYes('an empty form', { action: 'accept', content: {} }),
  noYes('a form without content', { action: 'accept' }),
  noYes('a box that is not ticked', { action: 'accept', content: { confirm: false } }),
  noYes('a text in the box', { action: 'accept', content: { confirm: 'true' } }),
  noYes('a yes in an envelope', { method: 'elicitation/create', result: yes }),
  reuse('a yes to another question', { answers: { other: yes } }, declined),
  reuse('no answers', { answers: {} }, declined),
  forged('a state with another seal', (state) => `${state.slice(0, -4)}AAAA`),
  forged('a state without a seal', (state) => state.slice(0, state.lastIndexOf('.'))),
  forged('a state with another tool', (state) =>
    withPayload(state, (payload) => (payload['tool'] = 'send_draft')),
  ),
  forged('a state that is known by another name', (state) =>
    withPayload(state, (payload) => (payload['id'] = 'x')),
  ),
  forged('an empty state', () => ''),
  forged('a state that is an object', () => ({ tool: 'delete_note' })),
  scenario('a state under another key', issue, async (stage) => {
    const codec = createRequestStateCodec({ key: 'k'.repeat(32) });
    await answer(stage, unsealed, { state: await codec.mint({ tool: 'delete_note' }) });
  }),
  scenario('a state of another server with the same key', issue, async (stage) => {
    const codec = createRequestStateCodec({ key });
    await answer(stage, unsealed, { state: await codec.mint({ tool: 'delete_note' }) });
  }),
  reuse('a client that cannot ask', { capabilities: {} }, cannotAsk),
  reuse('a client that opens URLs only', { capabilities: { elicitation: { url: {} } } }, cannotAsk),
  scenario('a first call of a client that cannot ask', issue, async (stage) => {
    await expectAnswer(stage, await calling(stage, { capabilities: {} }), cannotAsk);
  }),
  scenario('a call of the earlier era', issue, async (stage) => {
    const token = await stage.token({ scope: 'notes.write' });
    await expectAnswer(stage, { body: inEarlierEra(stage), token }, cannotAsk);
  }),
  scenario('a yes in the earlier era', issue, async (stage) => {
    const state = await ask(stage);
    const token = await stage.token({ scope: 'notes.write' });
    await expectAnswer(stage, { body: inEarlierEra(stage, state), token }, cannotAsk);
    await expectAnswer(stage, { body: [inEarlierEra(stage, state)], token }, cannotAsk);
  }),
  scenario('a batch after a handshake that promises to ask', issue, async (stage) => {
    const initialize = {
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: {
        protocolVersion: '2025-11-25',
        capabilities: { elicitation: {} },
        clientInfo: { name: 'x', version: '1' },
      },
    };
    const token = await stage.token({ scope: 'notes.write' });
    const before = stage.around.upstream.received.length;
    await stage.send({ body: [initialize, inEarlierEra(stage)], token });
    ensure(stage.around.upstream.received.length === before, 'it reached the API');
  }),
];

const settings = { MCP_CONFIRM: 'destructive', MCP_REQUEST_STATE_KEY: key };

/** The clock of the server is ahead by then. */
function laterClaims(): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return { iat: now, exp: now + 3600 };
}

export const confirmation: Group = {
  name: 'confirmations',
  ownServer: true,
  env: () => settings,
  cases,
};
