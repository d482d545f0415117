import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTable } from '../../src/print/table.js';
import { printable, Terminal } from '../../src/print/terminal.js';
import { Sink } from '../support/command-line.js';

const header = ['TOOL', 'REQUEST', 'TOKENS', 'SCOPES'];
const rows = [
  ['list_repository_invitations', 'GET /repos/{owner}/{repo}/invitations', '1,204', 'repo:read'],
  ['ping', 'GET /', '12', 'admin:organisation:write repository:administration:read'],
];

describe('a table', () => {
  it('has one line per row if lines may be long', () => {
    const lines = formatTable(header, rows).trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatch(/^ping +GET \/ +12 {2}admin:organisation:write repository/);
  });

  it('is aligned where lines may be long, whatever their cells are', () => {
    const [first = '', , third = ''] = formatTable(header, rows).split('\n');
    expect(third.indexOf('admin:')).toBe(first.indexOf('SCOPES'));
  });

  // Docker and some CI services allocate terminals without a size.
  it.each([
    [0, 80],
    [undefined, 80],
    [132, 132],
  ])('of a terminal that reports a width of %s is %s columns wide', (columns, width) => {
    const stdout = Object.assign(new Sink(true), { columns });
    const terminal = new Terminal({ stdout, stderr: stdout }, false);
    expect([terminal.resultColumns, terminal.columns]).toEqual([width, width]);
  });

  it('fits a terminal, and loses nothing', () => {
    expect(`\n${formatTable(header, rows, 80)}`).toMatchInlineSnapshot(`
      "
      TOOL                    REQUEST                  TOKENS  SCOPES
      list_repository_        GET                       1,204  repo:read
      invitations             /repos/{owner}/{repo}/
                              invitations
      ping                    GET /                        12  admin:organisation:
                                                               write
                                                               repository:
                                                               administration:read
      "
    `);
  });

  it('is as narrow as asked for, whatever is in it', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'b', '/', '_', ' '), maxLength: 120 });
    const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(table, fc.integer({ min: 40, max: 120 }), (cells, columns) => {
        const text = formatTable(['A', 'B', 'C'], cells, columns);
        expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(
          columns,
        );
        const letters = (value: string) =>
          Array.from(value.replace(/[^ab/_]/g, ''))
            .sort()
            .join('');
        expect(letters(text.slice(text.indexOf('\n')))).toBe(letters(cells.flat().join('')));
      }),
    );
  });

  it('shows every cell on one line, and nothing in it moves the cursor', () => {
    const text = formatTable(['A', 'B'], [['one\ntwo', '\u001b[2Jthree\u202e']]);
    expect(text).toBe('A        B\none two  \uFFFD[2Jthree\uFFFD\n');
  });

  it('has no line that a CI service obeys', () => {
    const table = formatTable(['A'], [['::set-output name=a::b'], ['x ##vso[task.setvariable] y']]);
    expect(table).toBe('A\n: :set-output name=a::b\nx ## vso[task.setvariable] y\n');
  });

  it('is harmless as JSON too, and the same for programs', () => {
    const stdout = new Sink();
    const value = {
      title: '\u001b[2J\u009b31m\u202e',
      note: '::a\n::b ##vso[task.setvariable] ##[a] ## b',
    };
    new Terminal({ stdout, stderr: new Sink() }, true).result(value, '');
    expect(JSON.parse(stdout.text)).toEqual(value);
    expect(stdout.text).toBe(printable(stdout.text));
  });

  it('is made soon of a text with a million empty lines', () => {
    expect(printable(`${'\n'.repeat(1_000_000)}::x`).trimStart()).toBe(': :x');
  });

  it('may have more rows than a call has arguments', () => {
    const rows = Array.from({ length: 150_000 }, () => ['a']);
    expect(formatTable(['A'], rows)).toHaveLength(2 * rows.length + 2);
  });

  describe('of grades', () => {
    const table = (stdout: Sink) => {
      const { grade } = new Terminal({ stdout, stderr: new Sink(true) }, false);
      const cells = [
        ['breaking', 'breaking'],
        ['warn', 'x'],
        ['compatible', 'fail'],
      ];
      return formatTable(['', 'B'], cells, 80, grade);
    };
    const plain = '            B\nbreaking    breaking\nwarn        x\ncompatible  fail\n';

    it('colours the first cells on a terminal, without moving the others', () => {
      const terminal = Object.assign(new Sink(true), { getColorDepth: () => 8 });
      const text = table(terminal);
      expect(text).toContain('\u001b[31mbreaking\u001b[39m    breaking\n');
      expect(text).toContain('\u001b[33mwarn\u001b[39m        x\n');
      expect(stripVTControlCharacters(text)).toBe(plain);
    });

    it('has no colour with NO_COLOR, or in a pipe', () => {
      expect(table(Object.assign(new Sink(true), { getColorDepth: () => 1 }))).toBe(plain);
      expect(table(new Sink(false))).toBe(plain);
    });
  });
});
