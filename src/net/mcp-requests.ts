// The first messages of a client in each of the two protocol eras.

const clientInfo = { name: 'openapi-to-mcp doctor', version: '1.0.0' };

/** Before 2026-07-28: a handshake. */
export function initializeRequest(token?: string): RequestInit {
  return request(token, {}, 'initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo,
  });
}

/** From 2026-07-28 on: an ordinary request. */
export function discoverRequest(token?: string): RequestInit {
  const version = '2026-07-28';
  const headers = { 'MCP-Protocol-Version': version, 'Mcp-Method': 'server/discover' };
  return request(token, headers, 'server/discover', {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': version,
      'io.modelcontextprotocol/clientInfo': clientInfo,
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  });
}

/** The headers that continue a session of the earlier era; a server without sessions sends no id. */
export interface Session {
  readonly token?: string | undefined;
  readonly version: string;
  readonly id?: string | undefined;
}

/** A later message of the same session. */
export function sessionRequest({ token, version, id }: Session, method: string, params: object) {
  const headers = {
    'MCP-Protocol-Version': version,
    ...(id !== undefined && { 'Mcp-Session-Id': id }),
  };
  return request(token, headers, method, params);
}

/** Ends the handshake (MCP 2025-11-25, Lifecycle); a notification has no response. */
export function initializedNotice(session: Session): RequestInit {
  const notice = { jsonrpc: '2.0', method: 'notifications/initialized' };
  return { ...sessionRequest(session, '', {}), body: JSON.stringify(notice) };
}

function request(
  token: string | undefined,
  headers: Readonly<Record<string, string>>,
  method: string,
  params: object,
): RequestInit {
  return {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...headers,
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  };
}
