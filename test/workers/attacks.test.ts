import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groups } from '../attack/groups.js';
import { buildTarget, ownTools } from '../attack/own.js';
import { Play } from '../attack/play.js';
import { surround, type Surroundings } from '../attack/stage.js';
import { unknownNames, whyNotInWorkers } from '../attack/workers.js';

let around: Surroundings;
let play: Play;
let remove: () => Promise<void>;

beforeAll(async () => {
  const built = await buildTarget('workers');
  ({ remove } = built);
  around = await surround(built.target, ownTools);
  play = new Play(around);
});

afterAll(async () => {
  await play.close();
  await Promise.all([around.close(), remove()]);
});

// One isolate for all of them: cases that need one each take minutes, and are part of `npm run attack -- --workers`.
const shared = groups
  .filter(({ env, name }) => env === undefined && name !== 'configuration mistakes')
  .map((group) => ({
    ...group,
    cases: group.cases.filter(
      (tried) =>
        tried.env === undefined &&
        tried.fresh !== true &&
        whyNotInWorkers(group, tried) === undefined,
    ),
  }))
  .filter(({ cases }) => cases.length > 0);

describe.each(shared)('attacks on a Worker: $name', (group) => {
  it.each(group.cases)('$name', (tried) => expect(play.run(group, tried)).resolves.toBeUndefined());
});

describe('the cases that do not apply to Workers', () => {
  it('are existing cases', () => {
    expect(unknownNames()).toEqual([]);
  });
});
