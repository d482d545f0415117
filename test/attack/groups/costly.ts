import { ensure, scenario, type Case, type Group } from '../case.js';
import type { Behaviour } from '../hosts.js';
import type { Attempt, Stage } from '../stage.js';
import type { WireAnswer } from '../wire.js';

const source = 'OWASP API4: unrestricted resource consumption';

/**
 * Requests that are answered. Until then the server answers no other, and `send` gives up after a while: on a fast
 * machine it takes several of them.
 */
function soon(
  name: string,
  attempt: (stage: Stage) => Attempt,
  { fits = isResult, times = 1 }: { fits?: (answer: WireAnswer) => boolean; times?: number } = {},
): Case {
  return scenario(name, source, async (stage) => {
    const token = await stage.token({ scope: 'notes.read notes.write' });
    const send = () => stage.send({ token, ...attempt(stage) });
    const answers = await Promise.all(Array.from({ length: times }, send));
    for (const answer of answers)
      ensure(fits(answer), `${answer.status}: ${answer.body.slice(0, 300)}`);
  });
}

/** A call with arguments. */
function argued(
  name: string,
  tool: string,
  args: () => Readonly<Record<string, unknown>>,
  fits?: (answer: WireAnswer) => boolean,
): Case {
  return soon(name, (stage) => ({ body: stage.callOf(tool, args()) }), { fits });
}

/** A call with arguments that would make a request a thousand times as long as they are. */
function grown(name: string, tool: string, args: () => Readonly<Record<string, unknown>>): Case {
  return argued(name, tool, args, isTooLong);
}

/** A call while the API behaves in some way. */
function answered(name: string, behaviour: Behaviour): Case {
  const attempt = (stage: Stage): Attempt => {
    stage.around.upstream.behaviour = behaviour;
    return { body: stage.read };
  };
  return soon(name, attempt);
}

const isResult = ({ status, body }: WireAnswer) =>
  status === 200 && body.includes('"content":[') && !body.includes('failed to complete');

const isTooLong = ({ body }: WireAnswer) => body.includes('The request would be too long');

const repeated = () => ({ ['k'.repeat(30_000)]: Array<number>(10_000).fill(0) });

function nested(): unknown {
  const leaves = Array.from({ length: 40_000 }, (_, index) => [`k${index}`, 'x']);
  let value: unknown = Object.fromEntries(leaves);
  for (let depth = 0; depth < 400; depth += 1) value = { ['k'.repeat(2500)]: value };
  return value;
}

/** A batch of calls whose `_meta` has a baggage that is not one. */
function laden(stage: Stage): unknown {
  const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
  const _meta = { traceparent, baggage: `a=${' '.repeat(8000)}"` };
  const { params, ...call } = stage.read as { params: object };
  return Array.from({ length: 90 }, (_, id) => ({ ...call, id, params: { ...params, _meta } }));
}

/** Objects in objects, whose names are the same but for what is not a letter. */
function alike(depth: number): object {
  const names = Array.from('.,:;!?#@$%').flatMap((mark) =>
    [1, 2, 3, 4].map((at) => marked(mark, at)),
  );
  return Object.fromEntries(names.map((name) => [name, depth === 0 ? 1 : alike(depth - 1)]));
}

const marked = (mark: string, at: number) => `data`.slice(0, at) + mark + `data`.slice(at);

export const costly: Group = {
  name: 'costly requests',
  ownServer: true,
  cases: [
    argued('fields with many dots', 'read_note', () => ({
      id: '1',
      fields: [`a${'.'.repeat(300_000)}b`],
    })),
    argued('fields with brackets without an end', 'read_note', () => ({
      id: '1',
      fields: [`a${"['".repeat(150_000)}`],
    })),
    argued('fields with a path of thirty thousand names', 'read_note', () => ({
      id: '1',
      fields: ['a.'.repeat(30_000)],
    })),
    argued('fields with every item of every list', 'read_note', () => ({
      id: '1',
      fields: ['*.'.repeat(2000)],
    })),
    grown('a long name of a list in a query', 'search', () => ({ any: repeated() })),
    grown('a long name of a list in a form', 'upload', () => ({ body: repeated() })),
    grown('long names around many members of a query', 'search', () => ({ within: nested() })),
    argued('a name of many brackets in the place of a credential', 'search', () => ({
      any: { [`${'['.repeat(300_000)}\n]`]: 1 },
    })),
    argued('forty thousand files of one name', 'upload', () => ({
      body: { files: Array<string>(40_000).fill('data:,') },
    })),
    argued('a text that begins like JSON, with quotes without an end', 'write_note', () => ({
      body: { tags: `["${'\\"'.repeat(120_000)}` },
    })),
    soon('blanks in the baggage of many calls', (stage) => ({ body: laden(stage) }), { times: 4 }),
    answered('a long line of the API in many parts', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain' }).cork();
      response.write('x'.repeat(900_000));
      for (let part = 0; part < 40_000; part += 1) response.write('x');
      response.end();
    }),
    answered('an answer of the API with many names that mean the same', (_request, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(alike(2)));
    }),
  ],
};
