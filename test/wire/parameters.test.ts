import { describe } from 'vitest';
import type { Json } from '../../templates/src/runtime/api.js';
import { checkRows, parameterRow, type WireRow } from './exchange.js';

// The values that the tables of the OpenAPI Specification use (3.0.4 section 4.7.12.3, 3.1.1 section 4.8.12.3, Style
// Examples), with the results there. 3.0.3 and 3.1.0 had `.blue.black.brown` for style label without explode, and
// unencoded brackets and bars; the later patches corrected that, stating that no change was intended.
const blue = 'blue';
const array = ['blue', 'black', 'brown'];
const object = { R: 100, G: 200, B: 150 };

type Cell = string | RegExp | undefined;

/** Columns: empty, string, array, object; undefined where the tables have n/a. */
const styleExamples: [place: string, style: string, explode: boolean, Cell, Cell, Cell, Cell][] = [
  [
    'path',
    'matrix',
    false,
    ';color',
    ';color=blue',
    ';color=blue,black,brown',
    ';color=R,100,G,200,B,150',
  ],
  [
    'path',
    'matrix',
    true,
    ';color',
    ';color=blue',
    ';color=blue;color=black;color=brown',
    ';R=100;G=200;B=150',
  ],
  // An empty label is `.`, which leads to another place: it is refused.
  ['path', 'label', false, /must not be empty/, '.blue', '.blue,black,brown', '.R,100,G,200,B,150'],
  ['path', 'label', true, /must not be empty/, '.blue', '.blue.black.brown', '.R=100.G=200.B=150'],
  ['path', 'simple', false, /must not be empty/, 'blue', 'blue,black,brown', 'R,100,G,200,B,150'],
  ['path', 'simple', true, /must not be empty/, 'blue', 'blue,black,brown', 'R=100,G=200,B=150'],
  ['header', 'simple', false, '', 'blue', 'blue,black,brown', 'R,100,G,200,B,150'],
  ['header', 'simple', true, '', 'blue', 'blue,black,brown', 'R=100,G=200,B=150'],
  [
    'query',
    'form',
    false,
    'color=',
    'color=blue',
    'color=blue,black,brown',
    'color=R,100,G,200,B,150',
  ],
  [
    'query',
    'form',
    true,
    'color=',
    'color=blue',
    'color=blue&color=black&color=brown',
    'R=100&G=200&B=150',
  ],
  [
    'cookie',
    'form',
    false,
    'color=',
    'color=blue',
    'color=blue,black,brown',
    'color=R,100,G,200,B,150',
  ],
  [
    'cookie',
    'form',
    true,
    'color=',
    'color=blue',
    'color=blue; color=black; color=brown',
    'R=100; G=200; B=150',
  ],
  [
    'query',
    'spaceDelimited',
    false,
    undefined,
    undefined,
    'color=blue%20black%20brown',
    'color=R%20100%20G%20200%20B%20150',
  ],
  [
    'query',
    'pipeDelimited',
    false,
    undefined,
    undefined,
    'color=blue%7Cblack%7Cbrown',
    'color=R%7C100%7CG%7C200%7CB%7C150',
  ],
  [
    'query',
    'deepObject',
    true,
    undefined,
    undefined,
    undefined,
    'color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150',
  ],
];

function fromTable(): WireRow[] {
  return styleExamples.flatMap(([place, style, explode, ...cells]) =>
    ['', blue, array, object].flatMap((value, column) => {
      const cell = cells[column];
      const parameter = { in: place, style, explode, schema: {} };
      return cell === undefined ? [] : [parameterRow(parameter, value, cell)];
    }),
  );
}

const strings = { schema: { type: 'string' } };
const lists = { schema: { type: 'array', items: { type: 'string' } } };
const objects = { schema: { type: 'object' } };
const json = { content: { 'application/json': { schema: {} } } };

/** Fixed Fields of the Parameter Object: defaults of `style` and `explode`, `allowReserved`, `content`. */
const fields: [
  parameter: Parameters<typeof parameterRow>[0],
  value: Json,
  wire: string | RegExp,
][] = [
  [{ in: 'path', ...lists }, array, 'blue,black,brown'],
  [{ in: 'path', ...objects }, object, 'R,100,G,200,B,150'],
  [{ in: 'header', ...lists }, array, 'blue,black,brown'],
  [{ in: 'query', ...lists }, array, 'color=blue&color=black&color=brown'],
  [{ in: 'query', ...objects }, object, 'R=100&G=200&B=150'],
  [{ in: 'cookie', ...lists }, array, 'color=blue; color=black; color=brown'],
  [{ in: 'query', style: 'spaceDelimited', ...lists }, array, 'color=blue%20black%20brown'],
  [{ in: 'query', style: 'pipeDelimited', ...lists }, array, 'color=blue%7Cblack%7Cbrown'],
  [
    { in: 'query', style: 'deepObject', ...objects },
    object,
    'color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150',
  ],
  [
    { in: 'query', style: 'deepObject', ...objects },
    { a: { b: [1, 2] } },
    'color%5Ba%5D%5Bb%5D%5B0%5D=1&color%5Ba%5D%5Bb%5D%5B1%5D=2',
  ],
  [{ in: 'path', schema: { type: 'integer' } }, 5, '5'],
  [{ in: 'query', schema: { type: 'boolean' } }, false, 'color=false'],
  [{ in: 'query', schema: { type: 'number' } }, 1.5, 'color=1.5'],
  [{ in: 'query', ...lists }, [], ''],
  [{ in: 'query', ...objects }, {}, ''],
  [{ in: 'query', ...strings }, 'a b&c=d+e/f?g', 'color=a%20b%26c%3Dd%2Be%2Ff%3Fg'],
  [{ in: 'query', ...strings, allowReserved: true }, "/:@!$'()*,;=?", 'color=/:@!$%27()*,;=?'],
  [
    { in: 'query', ...strings, allowReserved: true },
    'a b&c#d[e]+f',
    'color=a%20b%26c%23d%5Be%5D%2Bf',
  ],
  [{ in: 'query', ...strings, allowReserved: true }, '%2F%zz', 'color=%2F%25zz'],
  [{ in: 'query', explode: false, ...lists }, ['a,b', 'c'], 'color=a%2Cb,c'],
  [{ in: 'query', ...strings }, 'é😀', 'color=%C3%A9%F0%9F%98%80'],
  [
    { in: 'query', schema: { type: 'object' } },
    { page: 0, sort: ['name,asc', 'id'], none: [] },
    'page=0&sort=name%2Casc&sort=id',
  ],
  [{ in: 'path', ...strings }, 'a/b', 'a%2Fb'],
  [{ in: 'path', ...strings }, 'a;b=c', 'a%3Bb%3Dc'],
  [{ in: 'path', ...strings }, '100%', '100%25'],
  [{ in: 'path', ...strings }, '..', /must not be empty, too long, "." or ".."/],
  [{ in: 'path', ...strings }, '../x', /must not be empty, too long, "." or ".."/],
  [{ in: 'path', ...strings }, 'a\r\nb', /control characters/],
  [{ in: 'path', style: 'matrix', ...strings }, 'a;b', ';color=a%3Bb'],
  [{ in: 'header', ...strings }, 'a, b; c="d"', 'a, b; c="d"'],
  [{ in: 'header', ...strings }, 'a\r\nX-Evil: 1', /line breaks or control characters/],
  [{ in: 'cookie', ...strings }, 'Hello, world!', 'color=Hello%2C%20world%21'],
  [{ in: 'cookie', ...strings }, 'a; admin=1', 'color=a%3B%20admin%3D1'],
  [
    { in: 'query', ...json },
    { lat: 40.6, long: -73.9 },
    'color=%7B%22lat%22%3A40.6%2C%22long%22%3A-73.9%7D',
  ],
  [{ in: 'path', ...json }, [1], '%5B1%5D'],
  [{ in: 'header', ...json }, { a: 'b' }, '{"a":"b"}'],
  [{ in: 'cookie', ...json }, 'x', 'color=%22x%22'],
];

const own = fields.map(([parameter, value, wire]) => parameterRow(parameter, value, wire));

describe.each(['3.0.3', '3.1.0', '3.2.0'])('the tables of OpenAPI %s', (version) => {
  checkRows(version, [...fromTable(), ...own]);
});

describe('the additions of 3.2', () => {
  const whole = (mediaType: string) => ({
    in: 'querystring',
    content: { [mediaType]: { schema: {} } },
  });
  const form = 'application/x-www-form-urlencoded';
  checkRows('3.2.0', [
    parameterRow(
      { in: 'cookie', style: 'cookie', schema: {} },
      'Hello%2C%20world!',
      'color=Hello%2C%20world!',
    ),
    parameterRow(
      { in: 'cookie', style: 'cookie', schema: {} },
      array,
      'color=blue; color=black; color=brown',
    ),
    parameterRow(
      { in: 'cookie', style: 'cookie', schema: {} },
      { greeting: 'Hello%2C%20world!', code: 42 },
      'greeting=Hello%2C%20world!; code=42',
    ),
    parameterRow(
      { in: 'cookie', style: 'cookie', schema: {} },
      'a; admin=1',
      /must not contain spaces/,
    ),
    parameterRow(whole(form), { foo: 'a + b', bar: true }, 'foo=a%20%2B%20b&bar=true'),
    parameterRow(
      whole('application/json'),
      { numbers: [1, 2], flag: null },
      '%7B%22numbers%22%3A%5B1%2C2%5D%2C%22flag%22%3Anull%7D',
    ),
    parameterRow(whole('application/jsonpath'), '$.a.b[1:1]', '%24.a.b%5B1%3A1%5D'),
    parameterRow(whole('text/plain'), 'filter[a]=b c&sort=-x', 'filter%5Ba%5D=b%20c&sort=-x'),
    {
      name: 'QUERY with a body',
      method: 'query',
      operation: { requestBody: { content: { 'application/json': { schema: {} } } } },
      args: { body: { q: 1 } },
      expected: { body: '{"q":1}' },
    },
  ]);
});

describe('several parameters, and values that the document fixes', () => {
  const q = (name: string, more: object = {}) => ({ name, in: 'query', schema: {}, ...more });
  checkRows('3.1.1', [
    {
      name: 'in the order of the document',
      operation: { parameters: [q('b'), q('a')] },
      args: { a: 1, b: 2 },
      expected: { target: '/r?b=2&a=1' },
    },
    {
      name: 'names are escaped, and only renamed for models',
      operation: { parameters: [q('$filter'), q('page[size]')] },
      args: { filter: 'a', page_size: 5 },
      expected: { target: '/r?%24filter=a&page%5Bsize%5D=5' },
    },
    {
      name: 'one name in two places',
      path: '/{id}',
      operation: { parameters: [{ name: 'id', in: 'path', required: true, schema: {} }, q('id')] },
      args: { id: 1, id_query: 2 },
      expected: { target: '/1?id=2' },
    },
    {
      name: 'a fixed query',
      path: '/?Action=List&x',
      operation: { parameters: [q('a')] },
      args: { a: 1 },
      expected: { target: '/?Action=List&x&a=1' },
    },
    {
      name: 'a fixed query that is a parameter too',
      path: '/?Action=List',
      operation: { parameters: [q('Action', { required: true, schema: { enum: ['List'] } })] },
      args: {},
      expected: { target: '/?Action=List' },
    },
    {
      name: 'a parameter in the query of the template',
      path: '/r?x={x}',
      operation: {},
      args: { x: 'a&b' },
      expected: { target: '/r?x=a%26b' },
    },
    {
      name: 'a fragment',
      path: '/r#overload',
      operation: {},
      args: {},
      expected: { target: '/r' },
    },
    {
      name: 'a pattern in the template',
      path: '/{id:[0-9]+}',
      operation: {},
      args: { id: '7' },
      expected: { target: '/7' },
    },
    {
      name: 'a required parameter with a default',
      operation: { parameters: [q('v', { required: true, schema: { default: '2024-01-01' } })] },
      args: {},
      expected: { target: '/r?v=2024-01-01' },
    },
    {
      name: 'a required parameter with a default and a given value',
      operation: { parameters: [q('v', { required: true, schema: { default: '2024-01-01' } })] },
      args: { v: '2025-01-01' },
      expected: { target: '/r?v=2025-01-01' },
    },
    {
      name: 'an optional one with a default',
      operation: { parameters: [q('v', { schema: { default: 'x' } })] },
      args: {},
      expected: { target: '/r' },
    },
    {
      name: 'names of a path in any script, with spaces and quotes',
      path: '/ü x/{编号}/{größe}/{a "b"}',
      operation: {
        parameters: ['编号', 'größe', 'a "b"'].map((name) => ({
          name,
          in: 'path',
          required: true,
          schema: { type: 'string' },
        })),
      },
      args: { p_fc147721: 'é', grosse: 'x', a_b: '1' },
      expected: { target: '/%C3%BC%20x/%C3%A9/x/1' },
    },
    {
      name: 'names of a path that differ from the declared ones only in case',
      path: '/{ID}/:kind',
      operation: {
        parameters: ['id', 'kind'].map((name) => ({
          name,
          in: 'path',
          required: true,
          schema: { type: 'integer' },
        })),
      },
      args: { id: '5', kind: 6 },
      expected: { target: '/5/6' },
    },
    {
      name: 'cookies of several parameters in one header',
      operation: {
        parameters: [
          { name: 'a', in: 'cookie', schema: {} },
          { name: 'b', in: 'cookie', schema: {} },
        ],
      },
      args: { a: 1, b: 2 },
      expected: { headers: { cookie: 'a=1; b=2' } },
    },
  ]);
});
