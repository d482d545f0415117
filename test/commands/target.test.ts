import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../support/command-line.js';
import { makePlace, type Place } from './pets.js';

let place: Place;
beforeEach(async () => {
  place = await makePlace();
  await generate('--url', place.spec, '--target', 'workers');
});
afterEach(() => place.remove());

const generate = (...args: string[]) => run(['generate', '--output', place.output, ...args]);

describe('a project for Cloudflare Workers', () => {
  it('stays one when it is generated again', async () => {
    const main = () => readFile(join(place.output, 'src/main.ts'), 'utf8');
    const before = await main();
    const { status } = await generate();
    expect(status).toBe(0);
    expect(await main()).toBe(before);
    expect((await generate('--check')).status).toBe(0);
    expect((await run(['diff', place.output, '--url', place.spec])).status).toBe(0);
  });

  it('prints the next steps', async () => {
    const { stdout } = await run([
      'generate',
      '-o',
      `${place.output}-2`,
      '--url',
      place.spec,
      '--target',
      'workers',
    ]);
    expect(stdout).toContain('npm install && npm run dev');
    expect(stdout).not.toContain('npm start');
  });

  it.each([
    ['--target', 'node'],
    ['--target', 'node', '--force'],
  ])('does not become one for Node: %s', async (...args) => {
    const { status, stderr } = await generate(...args);
    expect(status).toBe(2);
    expect(stderr).toContain('OTHER_TARGET');
    expect(stderr).toContain('The target of the project is workers');
  });

  it('is not run by dev, which names the command that runs it', async () => {
    const { status, stderr } = await run(['dev', place.output]);
    expect(status).toBe(2);
    expect(stderr).toContain('npm run dev');
  });
});

describe('a project for Node', () => {
  it('does not become one for Workers', async () => {
    const output = `${place.output}-node`;
    await run(['generate', '--output', output, '--url', place.spec]);
    const { status, stderr } = await run(['generate', '--output', output, '--target', 'workers']);
    expect(status).toBe(2);
    expect(stderr).toContain('The target of the project is node');
  });
});
