import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { checkAnswer, ensure, scenario, type Case, type Group } from '../case.js';
import type { Stage } from '../stage.js';

/** Runs while something listens beside the server; resolves to how often it was connected to. */
async function beside(run: (port: number) => Promise<void>): Promise<number> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined).destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await run((server.address() as AddressInfo).port);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
  return connections;
}

const upload = (stage: Stage, file: unknown) => stage.callOf('upload', { body: { file } });

/** A file that must not be fetched: nothing is connected to, and nothing reaches the API. */
function refused(
  name: string,
  source: string,
  file: (port: number) => unknown,
  body = /could not be reached at a public address/,
): Case {
  return scenario(name, source, async (stage) => {
    const { received } = stage.around.upstream;
    const before = received.length;
    const connections = await beside(async (port) => {
      const request = { body: upload(stage, file(port)), token: await stage.token() };
      checkAnswer(await stage.send(request), { status: 200, body });
    });
    ensure(connections === 0, 'a host of this network was connected to');
    ensure(received.length === before, 'the API was called');
  });
}

const SSRF = 'OWASP, Server Side Request Forgery Prevention; RFC 6890';
const hosts = {
  'this machine': '127.0.0.1',
  'this machine by its name': 'localhost',
  'this machine in short': '127.1',
  'this machine as one number': '2130706433',
  'this machine in hexadecimal': '0x7f000001',
  'this machine inside of IPv6': '[::ffff:127.0.0.1]',
  'this machine inside of IPv6, without a mark': '[::7f00:1]',
  'this machine by IPv6': '[::1]',
  'the unspecified address': '0.0.0.0',
  'the metadata of a cloud': '169.254.169.254',
  'the network of a carrier': '100.64.0.1',
  'a private network': '10.0.0.1',
};

export const fetchedFiles: Group = {
  name: 'files by URL',
  ownServer: true,
  env: () => ({ MCP_FETCH_FILES: 'true' }),
  cases: [
    ...Object.entries(hosts).map(([name, host]) =>
      refused(name, SSRF, (port) => `https://${host}:${port}/latest/meta-data`),
    ),
    refused("a file of ChatGPT's at this machine", SSRF, (port) => {
      return { download_url: `https://127.0.0.1:${port}/`, file_id: 'file_1' };
    }),
    refused(
      'plain http',
      'issue on answers: https only',
      (port) => `http://127.0.0.1:${port}/`,
      /is not an https URL/,
    ),
    refused(
      'a user name in the URL',
      'no credentials are sent',
      (port) => `https://user:pass@127.0.0.1:${port}/`,
      /has a user name/,
    ),
    refused(
      'a name that is not known',
      'the same answer as for one of this network',
      () => 'https://unknown.invalid/',
    ),
  ],
};

export const filesByDefault: Group = {
  name: 'files by URL',
  ownServer: true,
  cases: [
    refused(
      'by default',
      'nothing is fetched unless the operator allows it',
      (port) => `https://127.0.0.1:${port}/`,
      /MCP_FETCH_FILES=true/,
    ),
  ],
};
