import fc from 'fast-check';
import type { Tool } from '../../templates/src/runtime/api.js';
import { goodArguments } from './messages.js';

const hostile = fc.constantFrom(
  ...[
    '',
    '.',
    '..',
    '../',
    '/..',
    '..\\',
    '%2e%2e',
    '%2E%2e%2f',
    '..;/',
    '..;x',
    '.;',
    '/',
    '//',
    '\\',
  ],
  ...[
    '//evil.example',
    'http://evil.example/',
    '@evil.example',
    ':80',
    '?',
    '#',
    '&',
    '=',
    ';',
    ',',
    '|',
  ],
  ...[
    '?api_key=x',
    '&api_key=x',
    '&API_KEY=x',
    '%26api_key=x',
    '#api_key',
    ';session=x',
    '; session=x',
  ],
  ...[
    'a\r\nX-Injected: 1',
    'a\nb',
    'a\rb',
    '\0',
    '\t',
    '\x7f',
    '\u0085',
    '\u2028',
    '\u00ff',
    '日本',
    '😀',
  ],
  ...[
    '\ud800',
    '\udc00x',
    '\u202e',
    '{id}',
    '{{id}}',
    '${id}',
    '%',
    '%zz',
    '%00',
    '%0d%0a',
    '+',
    ' ',
  ],
  ...[
    '__proto__',
    'constructor',
    '"; filename="x',
    '--boundary',
    '</a>',
    '<!DOCTYPE a>',
    ']]>',
    '\ufeff',
  ],
  ...[
    'data:text/plain,x',
    'data:;base64,',
    'data:image/png;base64,AAAA',
    'data:a\r\nb;base64,AA',
    'AAAA',
  ],
  ...[
    'data:text/plain;base64,****',
    'data:x/y;name="a\r\nb";base64,AAAA',
    '{"a":1}',
    '[1,"2"]',
    'null',
  ],
  ...['1e400', '9007199254740993', '-0', 'true', 'x'.repeat(5000), 'é'.repeat(3000)],
);
const text = fc.oneof(
  { weight: 4, arbitrary: hostile },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  {
    weight: 2,
    arbitrary: fc.array(hostile, { minLength: 2, maxLength: 4 }).map((l) => l.join('')),
  },
  { weight: 2, arbitrary: fc.stringMatching(/^[a-z0-9 ]{1,12}$/) },
);
const anything = fc.oneof(text, fc.jsonValue({ maxDepth: 3 }), fc.double(), fc.maxSafeInteger());
const key = fc.oneof(
  { weight: 4, arbitrary: text },
  {
    weight: 1,
    arbitrary: fc.constantFrom('api_key', 'API_KEY', 'session', 'X-API-Key', 'api%5fkey'),
  },
);
const map = fc.dictionary(key, fc.oneof({ weight: 5, arbitrary: text }, anything), { maxKeys: 4 });
const list = fc.array(fc.oneof({ weight: 5, arbitrary: text }, anything), { maxLength: 4 });

/** Values that match the schema, with hostile contents; sometimes anything else. */
function valueFor(schema: unknown): fc.Arbitrary<unknown> {
  const { type } = (schema ?? {}) as { type?: unknown };
  const fitting: Record<string, fc.Arbitrary<unknown>> = {
    string: text,
    integer: fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constant('7')),
    object: fc.oneof(map, note),
    array: list,
  };
  const right = fitting[String(type)] ?? anything;
  return fc.oneof({ weight: 8, arbitrary: right }, { weight: 1, arbitrary: anything });
}

const note: fc.Arbitrary<unknown> = fc.record(
  {
    text: text,
    stars: fc.oneof(fc.integer({ min: 0, max: 5 }), text),
    tags: list,
    replies: fc.array(fc.record({ text }), { maxLength: 2 }),
    name: text,
    file: text,
    meta: anything,
  },
  { requiredKeys: [] },
);

/** Arguments that mostly fit a tool, sometimes with unknown names among them. */
export function argumentsOf(tool: Tool): fc.Arbitrary<Record<string, unknown>> {
  const properties = (tool.inputSchema['properties'] ?? {}) as Record<string, unknown>;
  const known = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, valueFor(schema)]),
  );
  const own = fc.record(known, { requiredKeys: [] });
  const odd = fc.oneof(
    { weight: 15, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.dictionary(text, anything, { minKeys: 1, maxKeys: 2 }) },
  );
  return fc
    .tuple(own, odd)
    .map(([mine, others]) => ({ ...goodArguments(tool.name), ...mine, ...others }));
}

/**
 * The allowed destinations of a tool's request, whatever its arguments: dot segments must not lead elsewhere, whichever
 * program resolves them.
 */
export function staysAtHome(tool: Tool, method: string, target: string): boolean {
  const [path = ''] = target.split('?', 1);
  const own = tool.request.path.replace(/\{[^}]*\}/g, tool.name === 'files' ? '.+' : '[^/]+');
  const whole = new RegExp(`^/v1${own.replaceAll('.json', '\\.json')}(/again)*$`, 's');
  const dotted = path.split('/').some(isDotted);
  return method === tool.request.method && !dotted && whole.test(path) && isAscii(target);
}

/** As seen by a URL parser, by a server that strips parameters, and by a proxy that decodes first. */
function isDotted(segment: string): boolean {
  const inside = decoded(segment).split(/[/\\]/);
  return /^(\.|%2e){1,2}(;|$)/i.test(segment) || inside.includes('..');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function isAscii(target: string): boolean {
  return /^[\x21-\x7e]*$/.test(target) && !target.includes('#');
}
