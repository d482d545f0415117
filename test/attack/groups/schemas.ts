import { ensure, scenario, type Case, type Group } from '../case.js';
import { call, harmless, refused } from './injection.js';

const cases: Case[] = [
  ...[
    { kind: 'Memo' },
    { rank: 0 },
    { rank: 1.5 },
    { rank: 'first' },
    { text: ['x'] },
    { tags: ['a', 'b', 'c', 'd'] },
  ].map((body) =>
    refused(`a body of ${JSON.stringify(body)}`, 'JSON Schema 2020-12', {
      tool: 'write_note',
      args: { body },
    }),
  ),
  scenario('a number beyond 2^53', 'RFC 8259 section 6', async (stage) => {
    const { received } = stage.around.upstream;
    const before = received.length;
    const token = await stage.token({ scope: 'notes.write' });
    const body = JSON.stringify(stage.callOf('write_note', { body: { rank: 7 } }));
    const answer = await stage.send({ body: body.replace(':7}', ':9007199254740993}'), token });
    ensure(answer.body.includes('"isError":true'), answer.body);
    ensure(received.length === before, 'it reached the API, as another number');
  }),
  ...[{ due: 'tomorrow' }, { ids: [1, 1] }, { code: 'a b' }, { other: 1 }].map((body) =>
    harmless(
      `a body of ${JSON.stringify(body)}, which the API judges`,
      'issue on the runtime: documents are commonly wrong about these',
      { tool: 'write_note', args: { body } },
      (request) => request.body === JSON.stringify(body),
    ),
  ),
  scenario(
    'a text that a pattern of the document would take hours for',
    'OWASP: regular expression denial of service',
    async (stage) => {
      const code = `${'1'.repeat(40)}!`;
      const { request } = await call(stage, { tool: 'write_note', args: { body: { code } } });
      ensure(request !== undefined, 'nothing reached the API');
    },
    { fresh: true },
  ),
];

/** Where documents can be believed, and where they cannot. */
export const schemas: Group = { name: 'injection', ownServer: true, cases };
