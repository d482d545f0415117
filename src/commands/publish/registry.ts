import { array, object, type JsonObject } from '../../json.js';
import { shortenText } from '../../../templates/src/runtime/listing.js';
import type { Api } from '../../../templates/src/runtime/api.js';

const SCHEMA = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';

/** The maximum length of title and description, in characters. */
const LONGEST = 100;

/** The entry of the MCP registry. An earlier entry is kept, except that its remote is updated. */
export function entryOf(
  api: Api,
  url: URL,
  namespace: string | undefined,
  earlier: JsonObject,
): JsonObject {
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

/** The server's domain backwards, without a label for the service: `mcp.acme.dev` becomes `dev.acme`. */
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

/** A single version; the registry refuses ranges and words such as `latest`. */
function versionOf({ version }: Api): string {
  return /^\d+(\.\d+)*([-+][\w.+-]+)?$/.test(version) && version.length <= 255 ? version : '1.0.0';
}

/** The first Streamable HTTP remote gets the URL; its headers and other remotes are kept. */
function remotesOf(url: URL, earlier: unknown): JsonObject[] {
  const listed = array(earlier).map(object);
  const at = listed.findIndex(({ type }) => type === 'streamable-http');
  const remote = { type: 'streamable-http', url: url.href };
  return at === -1
    ? [remote, ...listed]
    : listed.map((one, index) => (index === at ? { ...one, ...remote } : one));
}
