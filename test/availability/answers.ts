import type { Stage, Attempt } from '../attack/stage.js';
import type { WireAnswer } from '../attack/wire.js';
import type { Received } from '../attack/hosts.js';

/** A JSON-RPC response, or the beginning of one. */
interface Rpc {
  readonly error?: { readonly code: number };
  readonly result?: {
    readonly isError?: boolean;
    readonly content?: readonly { readonly text?: string }[];
  };
}

/** The outcome of a request. */
export interface Sent {
  readonly answer: WireAnswer;
  /** The requests that it caused at the API. */
  readonly received: readonly Received[];
  /** The call failed: as a tool's result or as a JSON-RPC error. */
  readonly refused: boolean;
  /** The text blocks of the result. */
  readonly text: string;
  /** What the first of them spells, unless the call failed. */
  readonly json: unknown;
}

/** The message of an answer, which may be an event of a stream. */
function rpcOf({ body }: WireAnswer): Rpc {
  const json = /^data: (.*)$/m.exec(body)?.[1] ?? body;
  return JSON.parse(json) as Rpc;
}

/** Sends a request with a token that may read, unless it brings its own. No other may be under way. */
export async function sent(stage: Stage, attempt: Attempt): Promise<Sent> {
  const { received } = stage.around.upstream;
  const before = received.length;
  const answer = await stage.send({ token: await stage.token(), ...attempt });
  const { error, result } = answer.status === 200 ? rpcOf(answer) : {};
  return {
    answer,
    received: received.slice(before),
    refused: error !== undefined || result?.isError === true,
    text: (result?.content ?? []).map(({ text = '' }) => text).join('\n'),
    json: result?.isError === true ? undefined : jsonIn(result?.content?.[0]?.text),
  };
}

function jsonIn(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
