import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command, Option } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bashScript } from '../../src/commands/completion/bash.js';
import { fishScript } from '../../src/commands/completion/fish.js';
import { wordsOf } from '../../src/commands/completion/words.js';
import { zshScript } from '../../src/commands/completion/zsh.js';
import { createProgram } from '../../src/commands/program.js';
import { run, Sink } from '../support/command-line.js';

const program = await createProgram({ stdout: new Sink(), stderr: new Sink() }, () =>
  Promise.resolve(),
);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'completion-'));
  await mkdir(join(folder, 'my project'));
  await writeFile(join(folder, 'my api.yaml'), '');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const execute = promisify(execFile);

/** What bash offers in place of the last of these words; words as bash splits them. */
async function offers(script: string, ...words: readonly string[]): Promise<string[]> {
  const call = `
    complete() { [[ $1 == -F ]] && completer=$2; }
    eval "$1"; shift
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    "$completer"
    (( \${#COMPREPLY[@]} == 0 )) || printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ['--norc', '--noprofile', '-uc', call, 'bash', script, 'openapi-to-mcp', ...words];
  const { stdout, stderr } = await execute('bash', args, { cwd: folder });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean);
}

const bash = (...words: string[]) => offers(bashScript(wordsOf(program)), ...words);

describe('completion in bash', () => {
  it('offers commands', async () => {
    expect(await bash('')).toEqual(expect.arrayContaining(['generate', 'init', 'completion']));
    expect(await bash('gen')).toEqual(['generate']);
    expect(await bash('--ver')).toEqual(['--version']);
    expect(await bash('help', 'gen')).toEqual(['generate']);
  });

  it('offers the flags of the command, and no other’s', async () => {
    expect(await bash('generate', '--ou')).toEqual(['--output', '--output-schemas']);
    expect(await bash('generate', '--url', 'x', '--che')).toEqual(['--check']);
    expect(await bash('validate', '--che')).toEqual([]);
  });

  it('offers the choices of a flag, with = too', async () => {
    expect(await bash('generate', '--auth', '')).toEqual(['none', 'oauth2']);
    expect(await bash('generate', '--auth', 'o')).toEqual(['oauth2']);
    expect(await bash('generate', '--auth', '=')).toEqual(['none', 'oauth2']);
    expect(await bash('generate', '--auth', '=', 'o')).toEqual(['oauth2']);
    expect(await bash('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('offers files for documents, and folders for projects', async () => {
    expect((await bash('generate', '--url', 'my')).sort()).toEqual(['my api.yaml', 'my project']);
    expect(await bash('generate', '-o', '')).toEqual(['my project']);
    expect(await bash('diff', '')).toEqual(['my project']);
  });

  it('offers nothing for free text', async () => {
    expect(await bash('generate', '--name', '')).toEqual([]);
    expect(await bash('generate', '')).toEqual([]);
  });
});

/** A program without any completion code. */
function later(): Command {
  const made = new Command('openapi-to-mcp');
  made
    .command('dance')
    .description("it's [new]: a\ndance")
    .argument('<file>', 'the music')
    .addOption(new Option('-s, --step <kind>', 'how').choices(['waltz', 'tango']))
    .addOption(new Option('--secret', 'not shown').hideHelp())
    .option('--with <name>', 'partner; repeatable');
  return made;
}

describe('completion scripts', () => {
  it('know a new command and its flags by themselves', async () => {
    const script = bashScript(wordsOf(later()));
    expect(await offers(script, 'd')).toEqual(['dance']);
    expect(await offers(script, 'dance', '--step', 'w')).toEqual(['waltz']);
    expect(await offers(script, 'dance', '--s')).toEqual(['--step']);
    expect(await offers(script, 'dance', 'my a')).toEqual(['my api.yaml']);
  });

  it('are written for zsh', () => {
    const script = zshScript(wordsOf(later()));
    expect(script).toContain(`'dance:it'\\''s [new]: a dance'`);
    expect(script).toContain("'(--step -s)--step[how]:value:(waltz tango)'");
    expect(script).toContain("'*--with[partner; repeatable]:value: '");
    expect(script).toContain("'1:argument:_files'");
    expect(script).not.toContain('secret');
  });

  it('are written for fish', () => {
    const script = fishScript(wordsOf(later()));
    expect(script).toContain("-a dance -d 'it\\'s [new]: a dance'");
    expect(script).toContain("from dance' -l step -s s -r -f -a 'waltz tango' -d 'how'");
    expect(script).toContain("from dance' -F\n");
    expect(script).not.toContain('secret');
  });

  it.each(['bash', 'zsh', 'fish'])('have every command and flag, for %s', async (shell) => {
    const { status, stdout } = await run(['completion', shell]);
    expect(status).toBe(0);
    for (const { name, flags } of wordsOf(program).commands) {
      expect(stdout).toContain(name);
      for (const flag of flags.flatMap(({ names }) => names))
        expect(stdout).toContain(shell === 'fish' ? ` ${flag.replace(/^--?/, '')} ` : flag);
    }
  });

  it('come as JSON, and only for shells that are known', async () => {
    const { stdout } = await run(['completion', 'bash', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      shell: 'bash',
      script: (await run(['completion', 'bash'])).stdout,
    });
    const wrong = await run(['completion', 'bsh']);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('INVALID_ARGUMENT');
  });
});
