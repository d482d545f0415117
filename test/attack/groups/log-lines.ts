import { setTimeout as pause } from 'node:timers/promises';
import { ensure, scenario, type Case, type Group } from '../case.js';

const cases: Case[] = [
  'mark\n{"event":"forged"}',
  'mark\r\nforged',
  '\u001b[31mmark',
  'mark\u2028forged',
  '\u009bmark',
  'mark\u0085forged',
  'mark\u202eforged',
  'mark\u2066\u200b\ufeffforged',
].map((subject) =>
  scenario(
    `a subject of ${JSON.stringify(subject)} in the log`,
    'OWASP: log injection',
    async (stage) => {
      const before = stage.log().length;
      const token = await stage.token({ sub: subject, client_id: subject });
      await stage.send({ body: stage.read, token });
      // The line of the call before this one may come late.
      const written = () =>
        stage
          .log()
          .slice(before)
          .split('\n')
          .filter((line) => /mark|forged/.test(line));
      for (let patience = 800; written().length === 0 && patience > 0; patience -= 1)
        await pause(25);
      const lines = written();
      ensure(lines.length === 1, `there are ${lines.length} lines: ${lines.join(' ')}`);
      ensure(
        !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(lines[0] ?? ''),
        'a control character is in the log',
      );
    },
  ),
);

/** What a subject that somebody chose does to the lines of the log. */
export const logLines: Group = { name: 'injection', ownServer: true, cases };
