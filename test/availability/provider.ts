import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from '../attack/stage.js';
import { listen } from '../support/http.js';

/** A provider's introspection endpoint that is far away, and keeps a list of what it is asked. */
export interface FarProvider {
  readonly url: string;
  /** The tokens that it was asked about, in order. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

/** Milliseconds that an answer takes: another continent. */
const DELAY = 150;

/** Tokens that begin with `good-` are active for the issuer and resource that `around` names; no others are. */
export async function startFarProvider(
  around: () => Pick<Stage, 'meaning'> | undefined,
): Promise<FarProvider> {
  const asked: string[] = [];
  const { url, close } = await listen((request, response) => {
    void text(request).then(async (body) => {
      const token = new URLSearchParams(body).get('token') ?? '';
      asked.push(token);
      await pause(DELAY);
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(claimsOf(token, around())));
    });
  });
  return { url, asked, close };
}

function claimsOf(token: string, stage: Pick<Stage, 'meaning'> | undefined): object {
  if (!token.startsWith('good-') || stage === undefined) return { active: false };
  const { issuer: iss, resource: aud } = stage.meaning;
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const who = { sub: token, client_id: 'c', scope: 'read', token_type: 'Bearer' };
  return { active: true, iss, aud, exp, ...who };
}
