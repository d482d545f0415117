/**
 * Runs a built project of `--target workers` in workerd, as a process that is configured by its environment like a
 * server on Node: it listens on PORT at 127.0.0.1, and ends with 2 when the Worker reports that it is misconfigured.
 *
 *     node test/support/workerd.js FOLDER
 */
/* global fetch */
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

const folder = process.argv[2] ?? '.';
const { PORT: asked = '8787', ...environment } = process.env;
const ours = /^(MCP|OAUTH|UPSTREAM)_|^HOST$|^(HTTPS?|NO)_PROXY$/i;
const variables = Object.fromEntries(
  Object.entries(environment).filter(([name]) => ours.test(name)),
);
// A port that cannot be listened on is for the Worker to refuse.
const isPort = /^\d+$/.test(asked) && Number(asked) < 65_536;
const port = isPort ? asked : '8787';
const bindings = Object.entries({ ...variables, ...(!isPort && { PORT: asked }) });

/** A text of Cap'n Proto: bytes beyond ASCII as escapes. */
function quote(text) {
  const bytes = [...Buffer.from(text)].map((byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c
      ? `\\x${byte.toString(16).padStart(2, '0')}`
      : String.fromCharCode(byte),
  );
  return `"${bytes.join('')}"`;
}

// Cloudflare sends a Worker the address of its client, whatever header the client sends. The clock can be moved, as that
// of a server on Node can in test/attack/clock.ts.
const moves = randomUUID();
const clock = `const Real = Date;
let more = 0;
globalThis.Date = class extends Real {
  constructor(...given) {
    if (given.length > 0) super(...given);
    else super(Real.now() + more);
  }
  static now() {
    return Real.now() + more;
  }
};
export function move() {
  more += 31_000;
  console.log('the clock moved');
}
`;
const edge = `import { move } from './clock.js';
import worker from './worker.js';
export default {
  fetch(request, env, context) {
    if (request.headers.get('x-moves-clock') === '${moves}') {
      move();
      return new Response();
    }
    const headers = new Headers(request.headers);
    headers.set('cf-connecting-ip', request.cf.clientIp.replace(/:\\d+$/, '').replace(/^\\[|\\]$/g, ''));
    return worker.fetch(new Request(request, { headers, signal: request.signal }), env, context);
  },
};
`;

const wrangler = readFileSync(join(folder, 'wrangler.jsonc'), 'utf8');
const [, date] = /"compatibility_date": "([\d-]+)"/.exec(wrangler);

const [, flags] = /"compatibility_flags": (\[.*\])/.exec(wrangler);

const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .project),
    (name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const project :Workerd.Worker = (
  modules = [
    (name = "edge.js", esModule = embed "edge.js"),
    (name = "clock.js", esModule = embed "clock.js"),
    (name = "worker.js", esModule = embed "worker.js"),
  ],
  compatibilityDate = ${quote(date)},
  compatibilityFlags = ${flags},
  bindings = [${bindings.map(([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`).join(', ')}],
);
`;

const work = mkdtempSync(join(tmpdir(), 'openapi-to-mcp-workerd-'));
writeFileSync(join(work, 'config.capnp'), config);
writeFileSync(join(work, 'clock.js'), clock);
writeFileSync(join(work, 'edge.js'), edge);
writeFileSync(join(work, 'worker.js'), readFileSync(join(folder, 'dist/worker.js')));

const { default: binary } = createRequire(import.meta.url)('workerd');
const child = spawn(binary, ['serve', join(work, 'config.capnp')], { stdio: 'inherit' });
let status = 0;
child.once('exit', (code) => {
  rmSync(work, { recursive: true, force: true });
  process.exit(status || (code ?? 1));
});
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => child.kill(signal));

// Not what an option of Node has put there, which would move the clock of this process.
process.removeAllListeners('SIGUSR2').on('SIGUSR2', () => {
  void fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-moves-clock': moves } });
});

// An isolate starts with its first request.
for (let answer; answer === undefined && child.exitCode === null;) {
  answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
  if (answer === undefined) await pause(20);
  else if (answer.status === 500 && (await answer.text()).includes('"misconfigured"')) {
    status = 2;
    child.kill();
  }
}
