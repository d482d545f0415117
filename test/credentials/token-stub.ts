import type { ServerResponse } from 'node:http';
import type { SecretWatch } from '../support/secret-watch.js';
import { startStub, type Recorded, type Stub } from '../runtime/upstream/wire.js';

/** A token endpoint that answers what a test wants it to. */
export interface TokenStub extends Stub {
  /** The URL of the endpoint. */
  readonly tokenUrl: string;
  /** What it was asked with, in order. */
  forms(): Record<string, string>[];
  /** The tokens that it issued, in order. */
  readonly issued: readonly string[];
  /** How it answers from now on. */
  answer: (request: Recorded, response: ServerResponse) => void;
  /** Answers with a token; `more` changes the answer, and `undefined` in it leaves something out. */
  readonly issue: (more?: Record<string, unknown>) => TokenStub['answer'];
}

export async function startTokenStub(watch: SecretWatch): Promise<TokenStub> {
  const issued: string[] = [];
  const stub = await startStub((request, response) => self.answer(request, response));
  const issue: TokenStub['issue'] = (more) => (_, response) => {
    const token = watch.hide(`token-${issued.length + 1}-${crypto.randomUUID()}`);
    issued.push(token);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3600, ...more }),
    );
  };
  const self: TokenStub = {
    ...stub,
    tokenUrl: `${stub.url}/token`,
    forms: () =>
      stub.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body.toString()))),
    issued,
    answer: issue(),
    issue,
  };
  return self;
}
