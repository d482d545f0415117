import { header, startStub, type Recorded, type Stub } from '../runtime/upstream/wire.js';

/** The worst kind of API: it repeats the request in the body and headers of every response. */
export interface EchoApi extends Stub {
  /** What it answers next instead of a 200. */
  readonly statuses: number[];
  /** The bearer tokens that it was shown, in order. */
  tokens(): string[];
}

export interface EchoOptions {
  /** What it finds out about the caller; undefined is a 401. */
  readonly admit?: (request: Recorded) => unknown;
  readonly contentType?: string;
}

export async function startEchoApi({
  admit = () => true,
  contentType = 'application/json',
}: EchoOptions = {}): Promise<EchoApi> {
  const statuses: number[] = [];
  const stub = await startStub((request, response) => {
    void (async () => {
      const caller: unknown = await admit(request);
      const status = caller === undefined ? 401 : (statuses.shift() ?? 200);
      const said = request.headers.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
      response.writeHead(status, {
        'content-type': contentType,
        'www-authenticate': `Bearer error="${header(request, 'authorization').join()}"`,
        'set-cookie': said,
        link: `<https://next.example/?${said.join('&')}>; rel="next"`,
      });
      response.end(JSON.stringify({ caller, ...repeated(request) }));
    })();
  });
  const tokens = () =>
    stub.requests.flatMap((request) =>
      header(request, 'authorization').flatMap((value) => /^Bearer (.+)$/.exec(value)?.[1] ?? []),
    );
  return { ...stub, statuses, tokens };
}

function repeated({ method, url, headers, body }: Recorded) {
  const raw = headers.map((line) => line.join(': ')).join('\r\n');
  return {
    method,
    url,
    headers: Object.fromEntries(headers),
    base64: headers.map(([, value]) => Buffer.from(value.replace(/^\w+ /, '')).toString('base64')),
    body: body.toString(),
    raw,
  };
}
