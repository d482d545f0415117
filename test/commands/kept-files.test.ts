import { expect, it } from 'vitest';
import { isOlder } from '../../src/project/kept-files.js';

it.each([
  ['2.3.9', true],
  ['1.9.9', true],
  ['~2.3.0', true],
  ['^1.29.0', true],
  ['2.4.0', false],
  ['2.10.0', false],
  ['~2.4.0', false],
  ['^2.0.0', false],
  ['3.0.0', false],
  ['latest', false],
  ['workspace:*', false],
  ['>=1.0.0', false],
  [undefined, false],
])(
  'of the version %s of a dependency, the answer to whether it is older than 2.4.0 is %s',
  (range, older) => {
    expect(isOlder(range, '2.4.0')).toBe(older);
  },
);

it('does not take a range of 0.x for one of all its minor versions', () => {
  expect(isOlder('^0.1.0', '0.2.0')).toBe(true);
  expect(isOlder('^0.2.0', '0.2.5')).toBe(false);
});
