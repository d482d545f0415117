import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { summarize, summarizeStdio } from '../../src/commands/dev/summary.js';
import { Terminal } from '../../src/print/terminal.js';
import { Sink } from '../support/command-line.js';

const terminal = new Terminal({ stdout: new Sink(), stderr: new Sink() }, false);
const places = {
  url: 'http://127.0.0.1:3000/mcp',
  upstream: 'http://127.0.0.1:4001',
  mocked: true,
};
const api = { name: 'notes', title: 'Notes' };

it('the summary of dev mentions that the public URL of the project is not used', () => {
  const resourceUrl = 'https://mcp.example.com/mcp';
  const text = summarize({ ...api, resourceUrl }, places, terminal);
  expect(text).toContain(`http://127.0.0.1:3000/mcp   here instead of ${resourceUrl}\n`);
  expect(summarize(api, places, terminal)).not.toContain('instead of');
});

it('the summary of dev lists the clients that cannot reach the server', () => {
  expect(summarize(api, places, terminal)).toContain(
    'ChatGPT and Claude, cannot reach this machine',
  );
});

it('prints sentences of at most 80 columns; only commands to paste are longer', () => {
  const tty = new Terminal(
    {
      stdin: Object.assign(Readable.from([]), { isTTY: true }),
      stdout: new Sink(true),
      stderr: new Sink(true),
    },
    false,
  );
  const texts = [summarize(api, places, tty), summarizeStdio(api, places, '/p', tty)];
  const sentences = texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => !line.startsWith('  '));
  expect(sentences.join('\n')).toContain('Paste a command');
  expect(sentences.filter((line) => line.length > 80)).toEqual([]);
});
