import { shortenText } from '../../../templates/src/runtime/instructions.js';
import type { Api } from '../../diff/api-types.js';

type Json = Readonly<Record<string, unknown>>;

const SCHEMA = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';

/** Of title and description, in characters. */
const LONGEST = 100;

/** The entry of the MCP registry. What an earlier one says stays; its remote follows the server. */
export function entryOf(api: Api, url: URL, namespace: string | undefined, earlier: Json): Json {
  const made = {
    $schema: SCHEMA,
    name: `${namespace ?? namespaceOf(url)}/${api.name}`,
    title: cut(api.title),
    description: describe(api),
    version: versionOf(api),
    ...(api.documentation !== undefined && { websiteUrl: api.documentation }),
    ...(api.icon !== undefined && api.icon.length <= 255 && { icons: [{ src: api.icon }] }),
  };
  const name = namespace === undefined ? {} : { name: made.name };
  return { ...made, ...earlier, ...name, remotes: remotesOf(url, earlier['remotes']) };
}

/** The domain of the server backwards, without the label that says that it is one: `mcp.acme.dev` is `dev.acme`. */
function namespaceOf({ hostname }: URL): string {
  const labels = hostname.split('.');
  const own =
    labels.length > 2 && /^(mcp|api|www)$/.test(labels[0] ?? '') ? labels.slice(1) : labels;
  return own.toReversed().join('.');
}

function describe({ title, description = '' }: Api): string {
  const [sentence = ''] = /^[^\n]+?[.!?](?=\s|$)/.exec(description.trim()) ?? [];
  return sentence !== '' && sentence.length <= LONGEST ? sentence : cut(`MCP server of ${title}`);
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : shortenText(text, LONGEST);
}

/** One version: ranges, and words such as `latest`, are refused. */
function versionOf({ version }: Api): string {
  return /^\d+(\.\d+)*([-+][\w.+-]+)?$/.test(version) && version.length <= 255 ? version : '1.0.0';
}

/** The first remote that speaks Streamable HTTP gets the URL; others, and its headers, stay. */
function remotesOf(url: URL, earlier: unknown): Json[] {
  const listed = Array.isArray(earlier) ? (earlier as Json[]) : [];
  const at = listed.findIndex(({ type }) => type === 'streamable-http');
  const remote = { type: 'streamable-http', url: url.href };
  return at === -1
    ? [remote, ...listed]
    : listed.map((one, index) => (index === at ? { ...one, ...remote } : one));
}
