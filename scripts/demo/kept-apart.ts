import type { Stage } from './stage.js';
import { check, step } from './step.js';
import type { Visitor } from './visitor.js';

type Setting = Pick<Stage, 'api' | 'apiKey' | 'log'>;

/** The two kinds of credentials never mix: searches everything that both sides received, and the log. */
export async function lookForLeaks(visitor: Visitor, { api, apiKey, log }: Setting): Promise<void> {
  await step('upstream key', 'search what the client received', () => {
    const requests = api.requests.length;
    const withKey = api.requests.filter(({ headers }) => headers['x-api-key'] === apiKey).length;
    check('The number of API requests with the key in X-API-Key', withKey, requests);
    const received = visitor.wire.received();
    check('The places where the client saw the key', places(received, [apiKey]), 0);
    check('The places where the log shows the key', places(log(), [apiKey]), 0);
    const size = received.length.toLocaleString('en');
    return `in all ${requests} requests to the API, in none of the ${size} bytes that the client received`;
  });
  await step('user’s tokens', 'search what the API received', () => {
    const { issued } = visitor.memory;
    const tokens = issued.flatMap((set) => [set.access_token, set.refresh_token ?? []].flat());
    const seen = places(JSON.stringify(api.requests), tokens);
    check('The places where the API saw a token', seen, 0);
    check('The places where the log shows a token', places(log(), tokens), 0);
    return `${tokens.length} issued, none of them in the ${api.requests.length} requests to the API, none in the log`;
  });
}

/** How often one of the secrets occurs, in plain text or in base64. */
function places(text: string, secrets: readonly string[]): number {
  const spellings = secrets.flatMap((secret) => [secret, btoa(secret).replace(/=+$/, '')]);
  return spellings.filter((secret) => text.includes(secret)).length;
}
