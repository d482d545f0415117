/** Configuration that a client takes, ready to paste; `name` is the server's. */
export function snippetsOf(name: string, url: string): string {
  const json = (value: object) => JSON.stringify(value);
  return [
    ['Inspector', `npx @modelcontextprotocol/inspector --server-url ${url} --transport http`],
    ['Terminal', `openapi-to-mcp call ${url}`],
    ['Claude Code', `claude mcp add --transport http ${name} ${url}`],
    ['VS Code', `.vscode/mcp.json  ${json({ servers: { [name]: { type: 'http', url } } })}`],
    ['Cursor', `.cursor/mcp.json  ${json({ mcpServers: { [name]: { url } } })}`],
  ]
    .map(([client = '', text = '']) => `  ${client.padEnd(12)}${text}\n`)
    .join('');
}
