import { describe, expect, test } from 'vitest';
import type { Json, Parameter } from '../../../templates/src/runtime/api.js';
import { ArgumentError } from '../../../templates/src/runtime/upstream/arguments.js';
import { serialize } from '../../../templates/src/runtime/upstream/serialize.js';

type Row = [options: Partial<Parameter>, value: Json, wire: string | undefined];

const array = ['blue', 'black', 'brown'];
const object = { R: 100, G: 200, B: 150 };
const hard = "a b/c?d#e&f=g+h%i!'()*é";
const hardEncoded = 'a%20b%2Fc%3Fd%23e%26f%3Dg%2Bh%25i%21%27%28%29%2A%C3%A9';

/** OpenAPI 3.1.1, Style Examples, and the results of RFC 6570 for the values it does not show. */
const path: Row[] = [
  [{ style: 'matrix', explode: false }, '', ';color'],
  [{ style: 'matrix', explode: false }, 'blue', ';color=blue'],
  [{ style: 'matrix', explode: false }, array, ';color=blue,black,brown'],
  [{ style: 'matrix', explode: false }, object, ';color=R,100,G,200,B,150'],
  [{ style: 'matrix', explode: true }, '', ';color'],
  [{ style: 'matrix', explode: true }, 'blue', ';color=blue'],
  [{ style: 'matrix', explode: true }, array, ';color=blue;color=black;color=brown'],
  [{ style: 'matrix', explode: true }, object, ';R=100;G=200;B=150'],
  [{ style: 'matrix', explode: true }, { a: '', b: 'x' }, ';a;b=x'],
  [{ style: 'matrix' }, 'a;b', ';color=a%3Bb'],
  [{ style: 'label', explode: false }, 'blue', '.blue'],
  [{ style: 'label', explode: false }, array, '.blue,black,brown'],
  [{ style: 'label', explode: false }, object, '.R,100,G,200,B,150'],
  [{ style: 'label', explode: true }, 'blue', '.blue'],
  [{ style: 'label', explode: true }, array, '.blue.black.brown'],
  [{ style: 'label', explode: true }, object, '.R=100.G=200.B=150'],
  [{ style: 'simple', explode: false }, 'blue', 'blue'],
  [{ style: 'simple', explode: false }, array, 'blue,black,brown'],
  [{ style: 'simple', explode: false }, object, 'R,100,G,200,B,150'],
  [{ style: 'simple', explode: true }, array, 'blue,black,brown'],
  [{ style: 'simple', explode: true }, object, 'R=100,G=200,B=150'],
  [{}, 'blue', 'blue'],
  [{}, array, 'blue,black,brown'],
  [{}, object, 'R,100,G,200,B,150'],
  [{}, 5, '5'],
  [{}, false, 'false'],
  [{}, hard, hardEncoded],
  [{}, ['a,b', 'c'], 'a%2Cb,c'],
  [{}, ['a', null, 'b'], 'a,b'],
  [{}, 'x/..y', 'x%2F..y'],
  [{}, '...', '...'],
  [{ style: 'segments' }, 'a/b.txt', 'a/b.txt'],
  [{ style: 'segments' }, '/a b/c?d/é', 'a%20b/c%3Fd/%C3%A9'],
  [{ style: 'segments' }, 'a/b/', 'a/b/'],
  [{ style: 'segments' }, ['a', 'b/c'], 'a/b/c'],
  [{ style: 'segments' }, 5, '5'],
  [{ allowReserved: true }, "a:@!$&'()*+,;=b", "a:@!$&'()*+,;=b"],
  [{ allowReserved: true }, 'a/b?c#d%2fe', 'a%2Fb%3Fc%23d%252fe'],
  [{ content: 'application/json' }, { a: [1] }, '%7B%22a%22%3A%5B1%5D%7D'],
];

const query: Row[] = [
  [{ style: 'form', explode: false }, '', 'color='],
  [{ style: 'form', explode: false }, 'blue', 'color=blue'],
  [{ style: 'form', explode: false }, array, 'color=blue,black,brown'],
  [{ style: 'form', explode: false }, object, 'color=R,100,G,200,B,150'],
  [{ style: 'form', explode: true }, '', 'color='],
  [{ style: 'form', explode: true }, 'blue', 'color=blue'],
  [{ style: 'form', explode: true }, array, 'color=blue&color=black&color=brown'],
  [{ style: 'form', explode: true }, object, 'R=100&G=200&B=150'],
  [{}, array, 'color=blue&color=black&color=brown'],
  [{}, object, 'R=100&G=200&B=150'],
  [{ explode: false }, ['a,b', 'c'], 'color=a%2Cb,c'],
  [{ style: 'spaceDelimited', explode: false }, array, 'color=blue%20black%20brown'],
  [{ style: 'spaceDelimited', explode: false }, object, 'color=R%20100%20G%20200%20B%20150'],
  [{ style: 'spaceDelimited' }, array, 'color=blue%20black%20brown'],
  [{ style: 'spaceDelimited', explode: true }, array, 'color=blue&color=black&color=brown'],
  [{ style: 'pipeDelimited', explode: false }, array, 'color=blue%7Cblack%7Cbrown'],
  [{ style: 'pipeDelimited', explode: false }, object, 'color=R%7C100%7CG%7C200%7CB%7C150'],
  [{ style: 'pipeDelimited' }, array, 'color=blue%7Cblack%7Cbrown'],
  [{ style: 'pipeDelimited', explode: true }, array, 'color=blue&color=black&color=brown'],
  [{ style: 'pipeDelimited', allowReserved: true }, ['a/b', 'c'], 'color=a/b%7Cc'],
  [
    { style: 'deepObject', explode: true },
    object,
    'color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150',
  ],
  [
    { style: 'deepObject' },
    { a: { b: [1, { c: 2 }] } },
    'color%5Ba%5D%5Bb%5D%5B0%5D=1&color%5Ba%5D%5Bb%5D%5B1%5D%5Bc%5D=2',
  ],
  [{ style: 'deepObject' }, { a: null, b: 1 }, 'color%5Bb%5D=1'],
  [{ style: 'deepObject' }, 7, 'color=7'],
  [{}, null, undefined],
  [{}, [], undefined],
  [{}, {}, undefined],
  [{ explode: false }, [], undefined],
  [{ explode: false }, ['a', null], 'color=a'],
  [{}, { a: null, b: true }, 'b=true'],
  [{}, [{ a: 1 }], 'color=%7B%22a%22%3A1%7D'],
  [{}, hard, `color=${hardEncoded}`],
  [{}, '100%25', 'color=100%2525'],
  [{ name: 'page[size]' }, 5, 'page%5Bsize%5D=5'],
  [{ name: '$filter' }, 'a', '%24filter=a'],
  [{ allowReserved: true }, ":/?@!$'()*,;=", 'color=:/?@!$%27()*,;='],
  [{ allowReserved: true }, 'a&b#c+d[e] é', 'color=a%26b%23c%2Bd%5Be%5D%20%C3%A9'],
  [{ allowReserved: true }, 'a%2Fb%zz', 'color=a%2Fb%25zz'],
  [{ content: 'application/json' }, { a: '&' }, 'color=%7B%22a%22%3A%22%26%22%7D'],
  [{ content: 'application/json' }, 'x', 'color=x'],
  [{ content: 'text/plain' }, 'x y', 'color=x%20y'],
];

const headers: Row[] = [
  [{}, 'blue', 'blue'],
  [{}, '', ''],
  [{ explode: false }, array, 'blue,black,brown'],
  [{ explode: false }, object, 'R,100,G,200,B,150'],
  [{ explode: true }, array, 'blue,black,brown'],
  [{ explode: true }, object, 'R=100,G=200,B=150'],
  [{}, 'W/"a b"; q=1, x%', 'W/"a b"; q=1, x%'],
  [{}, null, undefined],
  [{}, [], undefined],
  [{}, 'é', Buffer.from('é').toString('latin1')],
  [{ content: 'application/json' }, { a: 'x\n' }, '{"a":"x\\n"}'],
];

const cookies: Row[] = [
  [{}, 'blue', 'color=blue'],
  [{ explode: false }, array, 'color=blue,black,brown'],
  [{ explode: true }, array, 'color=blue; color=black; color=brown'],
  [{ explode: true }, object, 'R=100; G=200; B=150'],
  [{}, 'a; admin=1\r\nX: y', 'color=a%3B%20admin%3D1%0D%0AX%3A%20y'],
  [{ allowReserved: true }, 'a/b;c,d', 'color=a/b%3Bc%2Cd'],
  [{}, null, undefined],
];

describe.each([
  ['path', path],
  ['query', query],
  ['header', headers],
  ['cookie', cookies],
] as const)('in %s', (place, rows) => {
  test.each(rows)('%j of %j', (options, value, wire) => {
    expect(serialize({ name: 'color', ...options, in: place }, value)).toBe(wire);
  });
});

describe('refused', () => {
  const rows: [Partial<Parameter> & Pick<Parameter, 'in'>, Json][] = [
    [{ in: 'path' }, ''],
    [{ in: 'path' }, null],
    [{ in: 'path' }, '.'],
    [{ in: 'path' }, '..'],
    [{ in: 'path' }, []],
    [{ in: 'path' }, [null]],
    [{ in: 'path' }, ['..']],
    [{ in: 'path' }, ['a', '..']],
    [{ in: 'path', explode: true }, { '..': 'x' }],
    [{ in: 'path', style: 'label' }, ''],
    [{ in: 'path', style: 'label' }, '.'],
    [{ in: 'path', style: 'label', explode: true }, ['', '']],
    [{ in: 'path', style: 'matrix' }, []],
    [{ in: 'path' }, 'a\u0000'],
    [{ in: 'path' }, 'a\r\nb'],
    [{ in: 'path' }, 'a\u0085b'],
    [{ in: 'path', allowReserved: true }, '..'],
    [{ in: 'path' }, '\ud800'],
    [{ in: 'query' }, '\ud800'],
    [{ in: 'querystring', content: 'text/plain' }, '\ud800'],
    [{ in: 'querystring', content: 'application/x-www-form-urlencoded' }, { a: '\ud800' }],
    [{ in: 'querystring', content: 'application/x-www-form-urlencoded' }, 'a=1'],
    [{ in: 'header' }, 'a\r\nX-Admin: 1'],
    [{ in: 'header' }, 'a\nb'],
    [{ in: 'header' }, ['a', 'b\u0000']],
    [{ in: 'header', explode: true }, { 'a\n': 'b' }],
    [{ in: 'header', content: 'text/plain' }, 'a\u007f'],
  ];
  test.each(rows)('%j of %j', (options, value) => {
    const run = (): unknown =>
      serialize({ name: 'color', argument: 'color_arg', ...options }, value);
    expect(run).toThrow(ArgumentError);
    expect(run).toThrow(/"color_arg"/);
  });
});

test('a header with half a surrogate pair is refused', () => {
  const parameter = { name: 'X-A', in: 'header' as const };
  expect(() => serialize(parameter, ['a', '\ud800'])).toThrow('"X-A" is not valid Unicode text');
  expect(serialize(parameter, '😀')).toBe(Buffer.from('😀').toString('latin1'));
});
