import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groups } from './groups.js';
import { ownTools, buildTarget } from './own.js';
import { Play } from './play.js';
import { surround, type Surroundings } from './stage.js';

let around: Surroundings;
let play: Play;
let remove: () => Promise<void>;

beforeAll(async () => {
  const built = await buildTarget();
  ({ remove } = built);
  around = await surround(built.target, ownTools);
  play = new Play(around);
});

afterAll(async () => {
  await play.close();
  await Promise.all([around.close(), remove()]);
});

describe.each(groups)('attacks: $name', (group) => {
  it.each(group.cases)('$name', (tried) => expect(play.run(group, tried)).resolves.toBeUndefined());
});
