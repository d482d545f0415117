/**
 * The least that a protected MCP server can do for a call, as a yardstick: `node:http`, one RS256 check of the token,
 * one request to the API, one JSON-RPC envelope. It refuses nothing but bad tokens, and logs nothing. Runs by itself as
 * plain JavaScript, so that its time to start is that of Node and its two packages.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { Pool } from 'undici';

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params: {
    readonly protocolVersion?: string;
    readonly arguments?: Readonly<Record<string, string | number>>;
  };
}

const { PORT, API = '', ISSUER = '', AUDIENCE = '', KEY_SET = '' } = process.env;

const keys = createLocalJWKSet(JSON.parse(KEY_SET) as JSONWebKeySet);
const claims = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['RS256'] };
const api = new Pool(API, { connections: 64 });
const tools = [{ name: 'only', description: 'The only tool', inputSchema: { type: 'object' } }];

async function callApi({ params }: Message): Promise<object> {
  const parts = Object.values(params.arguments ?? {}).map(encodeURIComponent);
  const { body } = await api.request({ method: 'GET', path: `/${parts.join('/')}` });
  return { content: [{ type: 'text', text: await body.text() }] };
}

async function resultOf(message: Message): Promise<object | undefined> {
  if (message.method === 'tools/call') return callApi(message);
  if (message.method === 'tools/list') return { tools };
  if (message.method !== 'initialize') return undefined;
  const { protocolVersion } = message.params;
  const serverInfo = { name: 'floor', version: '1' };
  return { protocolVersion, capabilities: { tools: {} }, serverInfo };
}

async function read(request: IncomingMessage): Promise<Message> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk as string;
  return JSON.parse(text) as Message;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await jwtVerify(request.headers.authorization?.slice('Bearer '.length) ?? '', keys, claims);
  const message = await read(request);
  const result = await resultOf(message);
  const text = JSON.stringify({ jsonrpc: '2.0', id: message.id, result });
  const length = Buffer.byteLength(text);
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': length });
  response.end(text);
}

createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  answer(request, response).catch((error: unknown) => response.writeHead(401).end(String(error)));
}).listen(Number(PORT), '127.0.0.1');
