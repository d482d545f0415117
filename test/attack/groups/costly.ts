import { ensure, scenario, type Case, type Group } from '../case.js';
import type { Behaviour } from '../hosts.js';
import type { Attempt, Stage } from '../stage.js';
import type { WireAnswer } from '../wire.js';

const source = 'OWASP API4: unrestricted resource consumption';

/** Milliseconds; without the guard, each of these takes several times as long. */
const PATIENCE = 4000;

/** Requests that are answered soon; while they are not, the server answers nobody. */
function soon(
  name: string,
  attempt: (stage: Stage) => Attempt,
  { count = 1, fits = () => true }: Partial<Fit> = {},
): Case {
  return scenario(name, source, async (stage) => {
    const token = await stage.token({ scope: 'notes.read notes.write' });
    const asked = attempt(stage);
    const began = performance.now();
    for (let i = 0; i < count; i += 1) {
      const answer = await stage.send({ token, ...asked });
      ensure(fits(answer), `${answer.status}: ${answer.body.slice(0, 300)}`);
    }
    const ms = Math.round(performance.now() - began);
    ensure(ms < PATIENCE, `it takes ${ms} ms`);
  });
}

interface Fit {
  readonly count: number;
  readonly fits: (answer: WireAnswer) => boolean;
}

/** A call with arguments. */
function argued(name: string, tool: string, args: () => Readonly<Record<string, unknown>>): Case {
  return soon(name, (stage) => ({ body: stage.callOf(tool, args()) }), { fits: isResult });
}

/** A call with arguments that would make a request a thousand times as long as they are. */
function grown(name: string, tool: string, args: () => Readonly<Record<string, unknown>>): Case {
  return soon(name, (stage) => ({ body: stage.callOf(tool, args()) }), {
    fits: ({ body }) => body.includes('The request would be too long'),
  });
}

/** A call while the API behaves in some way. */
function answered(name: string, behaviour: Behaviour): Case {
  const attempt = (stage: Stage): Attempt => {
    stage.around.upstream.behaviour = behaviour;
    return { body: stage.read };
  };
  return soon(name, attempt, { fits: isResult });
}

const isResult = ({ status, body }: WireAnswer) =>
  status === 200 && body.includes('"content":[') && !body.includes('failed to complete');

const repeated = () => ({ ['k'.repeat(30_000)]: Array<number>(10_000).fill(0) });

function nested(): unknown {
  const leaves = Array.from({ length: 20_000 }, (_, index) => [`k${index}`, 'x']);
  let value: unknown = Object.fromEntries(leaves);
  for (let depth = 0; depth < 400; depth += 1) value = { ['k'.repeat(1000)]: value };
  return value;
}

/** Objects in objects, whose names are the same but for what is not a letter. */
function alike(depth: number): object {
  const names = Array.from({ length: 32 }, (_, index) => `data${'.'.repeat(index)}`);
  return Object.fromEntries(names.map((name) => [name, depth === 0 ? 1 : alike(depth - 1)]));
}

export const costly: Group = {
  name: 'costly requests',
  ownServer: true,
  cases: [
    argued('fields with a hundred thousand dots', 'read_note', () => ({
      id: '1',
      fields: [`a${'.'.repeat(100_000)}b`],
    })),
    argued('fields with brackets without an end', 'read_note', () => ({
      id: '1',
      fields: [`a${"['".repeat(60_000)}`],
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
    argued('twenty thousand files of one name', 'upload', () => ({
      body: { files: Array<string>(20_000).fill('data:,') },
    })),
    argued('a text that begins like JSON, with quotes without an end', 'write_note', () => ({
      body: { tags: `["${'\\"'.repeat(60_000)}` },
    })),
    soon(
      'blanks in a baggage header',
      (stage) => ({ body: stage.read, headers: [['Baggage', `a=${' '.repeat(8000)}"`]] }),
      { count: 20, fits: isResult },
    ),
    answered('a text of the API in two hundred thousand parts', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain' }).cork();
      for (let part = 0; part < 200_000; part += 1) response.write('x');
      response.end();
    }),
    answered('an answer of the API with many names that mean the same', (_request, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(alike(2)));
    }),
  ],
};
