import { attempt, ensure, expectAnswer, scenario, type Group } from '../case.js';
import { done } from '../expectations.js';
import { rfc6750 } from './credentials.js';
import { calling, short } from './scope-calls.js';
import { batches, spellings } from './scope-spellings.js';

export const scopes: Group = {
  name: 'scope games',
  ownServer: true,
  cases: [
    calling('the scope it needs', 'notes.read', 'read_note', done),
    calling('no scope', '', 'read_note', short('notes.read')),
    calling('a scope of another API', 'other.read', 'read_note', short('notes.read')),
    calling(
      'another scope: the one it has is asked for too',
      'notes.read',
      'write_note',
      short('notes.read notes.write'),
    ),
    calling(
      'foreign scopes are not asked for again',
      'notes.read openid email',
      'write_note',
      short('notes.read notes.write'),
    ),
    calling(
      'upper case',
      'NOTES.READ',
      'read_note',
      short('notes.read'),
      'RFC 6749 section 3.3: case-sensitive',
    ),
    calling('a beginning', 'notes.rea', 'read_note', short('notes.read')),
    calling('a continuation', 'notes.read.all', 'read_note', short('notes.read')),
    calling('a wildcard', '* notes.*', 'read_note', short('notes.read')),
    calling(
      'a comma instead of a space',
      'notes.write,notes.read',
      'read_note',
      short('notes.read'),
    ),
    calling('a look-alike letter', 'nоtes.read', 'read_note', short('notes.read')),
    calling('a tab instead of a space', 'x\tnotes.read', 'read_note', short('notes.read')),
    calling('an object', { scope: { 'notes.read': true } }, 'read_note', short('notes.read')),
    calling('a number', { scope: 7 }, 'read_note', short('notes.read')),
    calling(
      'a list with something else in it',
      { scope: ['notes.read', 7] },
      'read_note',
      short('notes.read'),
    ),
    calling('a list', { scope: ['notes.read'] }, 'read_note', done, 'RFC 9068 section 2.2.3'),
    calling(
      'scp, a list',
      { scope: undefined, scp: ['notes.read'] },
      'read_note',
      done,
      'Okta, access token',
    ),
    calling(
      'scp, a string',
      { scope: undefined, scp: 'notes.read' },
      'read_note',
      done,
      'Entra ID, access token',
    ),
    calling('scope and scp together', { scope: 'notes.read', scp: ['notes.write'] }, 'purge', done),
    calling(
      'roles, which are not configured',
      { scope: '', roles: ['notes.read'] },
      'read_note',
      short('notes.read'),
    ),
    calling('one alternative', 'notes.admin', 'purge', done, 'OpenAPI 3.1, security requirements'),
    calling(
      'half an alternative',
      'notes.write',
      'purge',
      { status: 403 },
      'OpenAPI 3.1, security requirements',
    ),
    calling(
      'the other alternative',
      'notes.write notes.read',
      'purge',
      done,
      'OpenAPI 3.1, security requirements',
    ),
    calling('no scope where none is needed', '', 'search', done),
    scenario('a refused call gives no reason beyond the challenge', rfc6750, async (stage) => {
      const answer = await expectAnswer(
        stage,
        { body: stage.callOf('write_note'), token: await stage.token({ sub: 'mallory-mark' }) },
        short('notes.read notes.write'),
      );
      ensure(!answer.body.includes('mallory-mark'), answer.body);
    }),
    attempt(
      'the refusal is in the log, with who and what',
      'resource-server.md',
      async (stage) => ({
        body: stage.callOf('write_note'),
        token: await stage.token({ sub: 'mallory', client_id: 'app-7' }),
      }),
      { status: 403, log: /"scope_failure".*write_note.*mallory.*app-7/ },
    ),
    scenario(
      'tools/list shows what the token may not call',
      'resource-server.md',
      async (stage) => {
        const answer = await stage.send({ token: await stage.token({ scope: '' }) });
        for (const tool of ['read_note', 'write_note', 'purge'])
          ensure(answer.body.includes(`"${tool}"`), `${tool} is not there`);
        ensure(answer.body.includes('"securitySchemes"'), 'there are no securitySchemes');
      },
    ),
    ...batches(),
    ...spellings(),
  ],
};
