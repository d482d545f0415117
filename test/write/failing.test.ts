import { execFile } from 'node:child_process';
import { chmod, chown, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.js';
import { check, write } from '../../src/write/write.js';
import { listen, systemError, unheard, type Operation } from '../support/faults.js';
import { root } from '../support/fixtures.js';
import { project } from '../support/locked.js';
import {
  expectWhole,
  isCommitted,
  newFiles,
  Regeneration,
  snapshot,
  stagings,
  unstaged,
  usersFiles,
} from './regeneration.js';

let regeneration: Regeneration;
/** The operations of a regeneration; failing ones are identified by their number. */
let operations: readonly Operation[];

beforeAll(async () => {
  regeneration = await Regeneration.prepare();
  operations = await regeneration.operations();
  // Below, each of them fails once.
  expect(commit()).toBeGreaterThan(0);
});

afterAll(() => regeneration.remove());

/** The code of the problem that the work ends with; undefined if it succeeds. */
async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems[0]?.code;
  }
}

/** Does the work while operations fail: only the one with this number, or it and all later ones. */
function failing(code: string, at: number, forGood: boolean, work: () => Promise<unknown>) {
  let number = 0;
  const fail = (operation: Operation) => {
    number += 1;
    if (number === at || (forGood && number > at)) throw systemError(code, operation);
  };
  return codeOf(listen(fail, work));
}

/** The number of the operation that puts the journal in place. */
function commit(): number {
  const isCommit = ({ args }: Operation) => basename(String(args[1])) === 'journal.json';
  return operations.findIndex(isCommit) + 1;
}

it.each([
  ['ENOSPC', /^Free some space/],
  ['EACCES', /^Choose a folder/],
])('the remedy for %s is about its cause', async (code, remedy) => {
  const folder = await regeneration.project();
  const fail = (operation: Operation) => {
    throw systemError(code, operation);
  };
  await expect(listen(fail, () => write(newFiles, folder))).rejects.toMatchObject({
    problems: [{ code: 'CANNOT_WRITE', remedy: expect.stringMatching(remedy) as string }],
  });
});

describe.each(['ENOSPC', 'EACCES', 'EIO'])('a regeneration that %s stops', (code) => {
  it('leaves the old project and nothing else, or is completed by the next run', async () => {
    const { before, after } = regeneration;
    for (const at of operations.keys()) {
      const folder = await regeneration.project();
      const problem = await failing(code, at + 1, false, () => write(newFiles, folder));
      const left = await snapshot(folder);
      expectWhole(left, regeneration);
      if (at + 1 <= commit()) {
        expect([problem, left]).toEqual(['CANNOT_WRITE', before]);
      } else if (isCommitted(left)) {
        expect(problem).toBe('HALF_DONE');
      } else {
        // Everything is then in place, and an empty or useless folder is not an error.
        expect([problem, unstaged(left)]).toMatchObject([undefined, after]);
      }
      const differences = await check(newFiles, folder);
      expect(differences.length > 0).toBe(at + 1 <= commit());
      await write(newFiles, folder);
      expect(unstaged(await snapshot(folder))).toMatchObject(after);
      expect(stagings(await snapshot(folder))).toEqual([]);
    }
  });

  it('is fixed by the next run even if it cannot clean up', async () => {
    const { before, after } = regeneration;
    for (const at of operations.keys()) {
      const folder = await regeneration.project();
      await failing(code, at + 1, true, () => write(newFiles, folder));
      expectWhole(await snapshot(folder), regeneration);
      await check(newFiles, folder);
      expect(await snapshot(folder)).toEqual(at + 1 <= commit() ? before : after);
    }
  });

  it('is fixed by the run after the next if the next one fails too, anywhere', async () => {
    for (let at = 1, problem: string | undefined = 'none'; problem !== undefined; at += 1) {
      const folder = await regeneration.project();
      await failing(code, commit() + 1, true, () => write(newFiles, folder));
      problem = await failing(code, at, true, () => check(newFiles, folder));
      expectWhole(await snapshot(folder), regeneration);
      expect(await check(newFiles, folder)).toEqual([]);
      expect(await snapshot(folder)).toEqual(regeneration.after);
    }
  });
});

describe('a first generation that fails', () => {
  it('leaves nothing, not even the folder, or is completed', async () => {
    let failures = 0;
    for (let at = 1, problem: string | undefined = 'none'; problem !== undefined; at += 1) {
      const folder = await regeneration.place();
      problem = await failing('ENOSPC', at, false, () => write(newFiles, folder));
      if (problem === 'CANNOT_WRITE') {
        failures += 1;
        expect(await snapshot(`${folder}/../..`)).toEqual({});
      }
      await write(newFiles, folder);
      expect(await check(newFiles, folder)).toEqual([]);
    }
    expect(failures).toBeGreaterThan(10);
  });
});

describe('a project with a folder that cannot be written', () => {
  it('is not changed, since the failure would only show in the middle', async () => {
    const folder = await regeneration.project();
    // Root may write everywhere.
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, ...user };
    for (const path of ['', ...Object.keys(regeneration.before)]) {
      await chown(join(folder, path), own.uid, own.gid);
    }
    await chmod(dirname(folder), 0o755);
    await chmod(join(folder, 'src/generated/tools'), 0o555);
    const task = { files: newFiles, folder, at: 0, half: false };
    const loader = join(root, 'node_modules/tsx/dist/loader.mjs');
    const program = join(root, 'test/support/killed-write.ts');
    const args = ['--import', loader, program, JSON.stringify(task)];
    await expect(
      promisify(execFile)(process.execPath, args, { cwd: root, ...user }),
    ).rejects.toThrow(/CANNOT_WRITE: .*EACCES: permission denied, access/);
    expect(await snapshot(folder)).toEqual(regeneration.before);
  });
});

describe('two concurrent runs', () => {
  const rivals = project({
    '.env.example': 'rival\n',
    'src/generated/kept.ts': 'rival\n',
    'src/generated/tools/deleted.ts': 'old\n',
    'src/generated/tools/lonely/er/deleted.ts': 'rival\n',
    'src/generated/tools/rival.ts': 'rival\n',
  });

  it('end as one of them, whenever the second one begins and ends during the first', async () => {
    const codes: (string | undefined)[] = [];
    for (const at of operations.keys()) {
      const folder = await regeneration.project();
      let number = 0;
      const beginAt = async () => {
        number += 1;
        if (number === at + 1) await unheard(() => write(rivals, folder));
      };
      codes.push(await codeOf(listen(beginAt, () => write(newFiles, folder))));
      expect(await check(rivals, folder), `at ${at + 1}`).toEqual([]);
      const left = await snapshot(folder);
      expect(stagings(left)).toEqual([]);
      expect(left).toMatchObject(usersFiles);
      expect(
        Object.keys(left)
          .filter((path) => path.includes('/tools/'))
          .sort(),
      ).toEqual([
        'src/generated/tools/deleted.ts',
        'src/generated/tools/lonely',
        'src/generated/tools/lonely/er',
        'src/generated/tools/lonely/er/deleted.ts',
        'src/generated/tools/mine.ts',
        'src/generated/tools/rival.ts',
      ]);
    }
    for (const [at, code] of codes.entries()) {
      expect(at < commit() ? ['OVERTAKEN', 'CANNOT_WRITE'] : [undefined], `at ${at + 1}`).toContain(
        code,
      );
    }
  });

  it('end as one of them if both begin before either ends', async () => {
    for (const at of operations.keys()) {
      const folder = await regeneration.project();
      let [number, other] = [0, Promise.resolve<string | undefined>('not begun')];
      const beginAt = () => {
        number += 1;
        if (number === at + 1) other = codeOf(write(rivals, folder));
      };
      const codes = [await codeOf(listen(beginAt, () => write(newFiles, folder))), await other];
      const [mine, theirs] = [await check(newFiles, folder), await check(rivals, folder)];
      if (codes.includes(undefined)) expect([mine, theirs], codes.join()).toContainEqual([]);
      else expect(unstaged(await snapshot(folder))).toEqual(regeneration.before);
      expect(await snapshot(folder)).toMatchObject(usersFiles);
    }
  });
});

describe('a folder that vanishes just before a file is put into it', () => {
  it('does not make the file count as written', async () => {
    const folder = await regeneration.project();
    const deep = join(folder, 'src/generated/tools/deep');
    const vanish = ({ name, args }: Operation) =>
      name === 'rename' && dirname(String(args[1])) === deep
        ? unheard(() => rm(deep, { recursive: true }))
        : undefined;
    expect(await codeOf(listen(vanish, () => write(newFiles, folder)))).toBe('HALF_DONE');
    await check(newFiles, folder);
    expect(await snapshot(folder)).toEqual(regeneration.after);
  });
});

describe('a project with a folder on another file system', () => {
  it('is changed as well', async () => {
    const folder = await regeneration.project();
    let crossed = 0;
    const refuse = (operation: Operation) => {
      const [from, to] = operation.args.map(String);
      if (operation.name !== 'rename' || from?.endsWith('.openapi-to-mcp') === true) return;
      if (from?.includes('/tools/') !== true && to?.includes('/tools/') !== true) return;
      crossed += 1;
      throw systemError('EXDEV', operation);
    };
    await listen(refuse, () => write(newFiles, folder));
    expect(crossed).toBe(5);
    expect(await snapshot(folder)).toEqual(regeneration.after);
  });
});
