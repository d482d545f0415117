/**
 * Runs a built project of `--target workers` in workerd, as a process that is configured by its environment like a
 * server on Node: it listens on PORT at 127.0.0.1, and ends with 2 when the Worker says that it is misconfigured.
 *
 *     node test/support/workerd.js FOLDER
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const folder = process.argv[2] ?? '.';
const { PATH: _, PORT: asked = '8787', ...variables } = process.env;
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

// Cloudflare tells a Worker the address of its client, whatever the client says of it.
const edge = `import worker from './worker.js';
export default {
  fetch(request, env, context) {
    const headers = new Headers(request.headers);
    headers.set('cf-connecting-ip', request.cf.clientIp.replace(/:\\d+$/, '').replace(/^\\[|\\]$/g, ''));
    return worker.fetch(new Request(request, { headers }), env, context);
  },
};
`;

const wrangler = readFileSync(join(folder, 'wrangler.jsonc'), 'utf8');
const [, date] = /"compatibility_date": "([\d-]+)"/.exec(wrangler);

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
    (name = "worker.js", esModule = embed "worker.js"),
  ],
  compatibilityDate = ${quote(date)},
  bindings = [${bindings.map(([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`).join(', ')}],
);
`;

const work = mkdtempSync(join(tmpdir(), 'openapi-to-mcp-workerd-'));
writeFileSync(join(work, 'config.capnp'), config);
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

// An isolate starts with its first request.
for (let answer; answer === undefined && child.exitCode === null; ) {
  answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
  if (answer === undefined) await pause(20);
  else if (answer.status === 500 && (await answer.text()).includes('"misconfigured"')) {
    status = 2;
    child.kill();
  }
}
