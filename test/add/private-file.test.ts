import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SignInStore } from '../../src/commands/call/store.js';
import { changeFile, writePrivately } from '../../src/project/private-file.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openapi-to-mcp-private-'));
  file = join(folder, 'file.json');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the list of sign-ins', () => {
  const signIn = (name: string) => ({ issuer: name, resource: name, redirectUrl: '', mode: '' });

  it('loses none of many that are stored or forgotten at the same time', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `server ${index}`);
    const [gone = '', ...others] = names;
    await new SignInStore(file).put(signIn(gone));
    await Promise.all([
      ...others.map((name) => new SignInStore(file).put(signIn(name))),
      new SignInStore(file).forget(gone),
    ]);
    const stored = (await new SignInStore(file).all()).map(({ resource }) => resource);
    expect(stored.sort()).toEqual(others.sort());
    expect(await readdir(folder)).toEqual(['file.json']);
  });

  it('does not wait for a lock that was taken before the clock was set back', async () => {
    const later = new Date(Date.now() + 3_600_000);
    await mkdir(`${file}.lock`);
    await utimes(`${file}.lock`, later, later);
    await new SignInStore(file).put(signIn('a'));
    expect(await readdir(folder)).toEqual(['file.json']);
  });

  it('waits for another run that was suspended, and goes on', async () => {
    let waiting: Promise<void> | undefined;
    await new SignInStore(file).alone(async () => {
      await utimes(`${file}.lock`, 0, 0);
      const looked = vi.spyOn(Date, 'now');
      const often = new Promise<void>((resolve) => {
        looked.mockImplementation(() => {
          if (looked.mock.calls.length === 3) resolve();
          return performance.timeOrigin + performance.now();
        });
      });
      waiting = new SignInStore(file).put(signIn('a'));
      await Promise.race([often, waiting]);
      looked.mockRestore();
      expect(await readdir(folder)).toEqual(['file.json.lock']);
    });
    await waiting;
    expect(await readdir(folder)).toEqual(['file.json']);
  });

  it('reports what is in the way of its lock, or of its folder', async () => {
    await writeFile(`${file}.lock`, '');
    await utimes(`${file}.lock`, 0, 0);
    for (const path of [file, join(`${file}.lock`, 'file.json')])
      await expect(new SignInStore(path).put(signIn('a'))).rejects.toThrow('CANNOT_WRITE');
  });
});

describe('a file of the user', () => {
  it.each([
    ['changed', (path: string) => changeFile(path, () => 'new')],
    ['written', (path: string) => writePrivately(path, 'new')],
  ])('is %s through links, also to a file that does not exist yet', async (_, write) => {
    const [link, real] = [join(folder, 'link'), join(folder, 'real')];
    await symlink('link', file);
    await symlink(real, link);
    await write(file);
    expect(await readFile(real, 'utf8')).toBe('new');
    for (const one of [file, link]) expect((await lstat(one)).isSymbolicLink()).toBe(true);
  });

  it('is not replaced if it is read-only', async () => {
    await writeFile(file, 'old');
    await chmod(file, 0o444);
    await expect(changeFile(file, () => 'new')).rejects.toThrow('CANNOT_WRITE');
    await expect(changeFile(file, () => undefined)).rejects.toThrow('CANNOT_WRITE');
    expect(await readFile(file, 'utf8')).toBe('old');
  });

  it('that something is in the way of is a problem of the user', async () => {
    await mkdir(file);
    await expect(changeFile(file, () => 'new')).rejects.toThrow(
      'CANNOT_READ: The file cannot be read',
    );
    await expect(writePrivately(file, 'new')).rejects.toThrow(
      'CANNOT_WRITE: The file cannot be written',
    );
    await symlink(join(folder, 'loop'), join(folder, 'loop'));
    await expect(changeFile(join(folder, 'loop'), () => 'new')).rejects.toThrow('CANNOT_READ');
    expect((await readdir(folder)).sort()).toEqual(['file.json', 'loop']);
  });
});
