import type { Source } from '../../../clients.js';

/** The hosts where people publish or install a connector. */
export const hosts = ['chatgpt', 'claude', 'vscode', 'cursor', 'registry'] as const;

export type Host = (typeof hosts)[number];

/** Their names in reports. */
export const hostNames: Readonly<Record<Host, string>> = {
  chatgpt: 'ChatGPT',
  claude: 'Claude',
  vscode: 'VS Code',
  cursor: 'Cursor',
  registry: 'the MCP registry',
};

const claude = (page: string, read = '2026-11-28') => ({
  page: `https://claude.com/docs/connectors/building/${page}`,
  read,
});
const openai = (page: string) => ({
  page: `https://developers.openai.com/apps-sdk/${page}`,
  read: '2026-11',
});

/** The pages that the rules cite. */
export const sources = {
  claudeReview: claude('review-criteria'),
  claudeAuthentication: claude('authentication'),
  claudeEnterprise: claude('enterprise-managed-auth', '2026-11-29'),
  idJag: {
    page: 'https://datatracker.ietf.org/doc/draft-ietf-oauth-identity-assertion-authz-grant/03/',
    read: '2026-11-29',
  },
  enterpriseExtension: {
    page: 'https://github.com/modelcontextprotocol/ext-auth: specification/stable/enterprise-managed-authorization.mdx',
    read: '2026-11-29',
  },
  oktaPlayground: { page: 'https://xaa.dev/docs/byor-auth-server', read: '2026-11-29' },
  claudeLimits: claude('faq'),
  claudeSubmission: claude('submission', '2026-11'),
  claudeCode: { page: 'https://code.claude.com/docs/en/mcp', read: '2026-11' },
  openaiReference: openai('reference'),
  openaiAuthentication: openai('build/auth'),
  openaiSubmission: {
    page: 'https://github.com/openai/plugins: plugins/openai-developers/skills/chatgpt-app-submission/SKILL.md',
    read: '2026-11-28',
  },
  compatibility: { page: 'https://zuplo.com/learn/mcp/compatibility', read: '2026-11' },
  vscodeSource: {
    page: 'https://github.com/microsoft/vscode: src/vs/base/common/oauth.ts',
    read: '2026-11',
  },
  cursorClients: { page: 'https://docs.pipeshub.com/mcp/cursor', read: '2026-11' },
  specification: {
    page: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization',
    read: '2026-11',
  },
  tools: {
    page: 'https://modelcontextprotocol.io/specification/2026-07-28/server/tools',
    read: '2026-11',
  },
  registryRemotes: {
    page: 'https://github.com/modelcontextprotocol/registry: docs/modelcontextprotocol-io/remote-servers.mdx',
    read: '2026-11-28',
  },
  registrySchema: {
    page: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    read: '2026-11-28',
  },
} satisfies Readonly<Record<string, Source>>;
