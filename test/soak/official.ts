import type { Generation, Session } from '../support/generations.js';
import type { Call } from './calls.js';
import type { Outcome } from './outcome.js';
import { describe, valueOf, type Speaker } from './speaker.js';

/** Calls through an official client, which reconnects after every refusal, as after a restart. */
export function createOfficialSpeaker(url: string, generation: Generation): Speaker {
  let token = '';
  let status = 0;
  let session: Session | undefined;

  // The clients would log in; here the token comes from outside.
  async function request(target: string | URL, init?: RequestInit): Promise<Response> {
    const headers = new Headers(init?.headers);
    headers.set('Authorization', `Bearer ${token}`);
    const response = await fetch(target, { ...init, headers });
    if (init?.method === 'POST') ({ status } = response);
    return response;
  }

  async function connected(): Promise<Session> {
    if (session !== undefined) return session;
    const fresh = generation.http(url, { fetch: request });
    await fresh.connect();
    session = fresh;
    return fresh;
  }

  async function close(): Promise<void> {
    const last = session;
    session = undefined;
    await last?.close();
  }

  return {
    close,
    say: async (call, current) => {
      token = current;
      status = 0;
      try {
        const outcome = await ask(await connected(), call);
        return status === 0 ? { kind: 'cached' } : outcome;
      } catch (error) {
        const refused = status >= 400;
        await close();
        const text = describe(error);
        return refused ? { kind: 'refused', status, text } : { kind: 'broken', text };
      }
    },
  };
}

async function ask(session: Session, { tool, args }: Call): Promise<Outcome> {
  if (tool === undefined) {
    const tools = await session.listTools();
    return {
      kind: 'tools',
      names: tools.map(({ name }) => name).sort(),
      text: JSON.stringify(tools),
    };
  }
  const { isError = false, content } = await session.callTool(tool, args);
  const text = content.map((block) => block.text ?? '').join('\n');
  return { kind: 'result', isError, text, value: valueOf(text) };
}
