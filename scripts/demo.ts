/** `npm run demo`: from an OpenAPI document to a protected MCP server, and a client's first call. */

import { work } from './demo/at-work.js';
import { getIn } from './demo/getting-in.js';
import { lookForLeaks } from './demo/kept-apart.js';
import * as print from './demo/print.js';
import { setStage } from './demo/stage.js';
import { Deviation } from './demo/step.js';
import { Visitor } from './demo/visitor.js';
import { packageName } from '../src/package.js';

const cleanup: (() => Promise<unknown>)[] = [];
let serverLog = () => '';

async function demo(): Promise<void> {
  const start = Date.now();
  print.title(
    'openapi-to-mcp: an OpenAPI document becomes an MCP server that checks who is calling',
  );

  print.heading('The stage', '(all on this machine)');
  const stage = await setStage(cleanup);
  serverLog = stage.log;
  const visitor = new Visitor(stage.resource);
  cleanup.push(() => visitor.close());

  print.heading('Getting in', '(the MCP client knows one URL and discovers the rest)');
  await getIn(visitor, stage);

  print.heading('At work', '(the user allowed reading, but not writing)');
  await work(visitor, stage);

  print.heading('Kept apart', '(who may call the server, and how the server calls the API)');
  await lookForLeaks(visitor, stage);

  print.line(
    `\nAll of this really happened, in ${Math.round((Date.now() - start) / 1000)} seconds. Now try your own API:`,
  );
  print.line(
    `\n  npx ${packageName} generate --url <file or URL> --auth oauth2 --oauth-server <issuer>\n`,
  );
}

let leaving: Promise<void> | undefined;

/** Undoes everything, newest first, and only once. */
function leave(exitCode: number): Promise<void> {
  leaving ??= (async () => {
    for (const undo of cleanup.reverse()) await undo().catch(() => undefined);
    process.exit(exitCode);
  })();
  return leaving;
}

function explain(error: unknown): void {
  if (error instanceof Deviation) print.failed(error.step, error.message);
  else console.error(error);
  const log = serverLog().trim();
  if (log) print.failed('server log', `last lines:\n${log.split('\n').slice(-5).join('\n')}`);
}

const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
for (const [signal, exitCode] of Object.entries(signals)) {
  process.on(signal, () => {
    if (!leaving)
      print.line(`\n\n${signal}: stopping the servers and removing the temporary folder.`);
    void leave(exitCode);
  });
}

try {
  await demo();
  await leave(0);
} catch (error) {
  // Failures during the shutdown are caused by it.
  if (!leaving) explain(error);
  await leave(1);
}
