import type { CallToolResult, Tool } from '@modelcontextprotocol/client';
import { applyEdits, format } from 'jsonc-parser';
import { array, object, text, texts, type JsonObject } from '../../json.js';
import { argumentType } from '../../print/argument-type.js';
import { formatTable } from '../../print/table.js';

type Block = CallToolResult['content'][number];

/** A row of the list of tools: name, scopes and purpose. */
export function toolRow({ name, title, description = '', _meta }: Tool): string[] {
  const words = (title ?? description).split('\n')[0]?.trim() ?? '';
  return [name, scopesOf(_meta) || '-', words];
}

/** The scopes that the server lists in a tool's `_meta`, in the format of OpenAI's clients. */
function scopesOf(meta: Tool['_meta']): string {
  const schemes = array(meta?.securitySchemes);
  const alternatives = schemes.map((scheme) => texts(object(scheme)['scopes']).join(' '));
  return alternatives.filter(Boolean).join(' | ');
}

/** A tool's description, and a table of its arguments. */
export function describeTool(
  { name, title, description, inputSchema }: Tool,
  columns: number,
): string {
  const schema = inputSchema as JsonObject;
  const required = new Set(inputSchema.required);
  const rows = Object.entries(object(schema['properties'])).map(([argument, value]) => [
    argument,
    argumentType(schema, value),
    required.has(argument) ? 'yes' : '',
    (text(object(value)['description']) ?? '').replaceAll(/\s+/g, ' '),
  ]);
  const words = [...new Set([title ?? name, description])].filter(Boolean).join('\n\n');
  const table = formatTable(['ARGUMENT', 'TYPE', 'REQUIRED', 'DESCRIPTION'], rows, columns);
  return `${words}\n\n${rows.length === 0 ? 'It takes no arguments.\n' : table}`;
}

/** A tool's result as text; other content is shown as its type and size. */
export function resultText({ content }: Pick<CallToolResult, 'content'>, isPretty = false): string {
  const texts = content.map((block) => blockText(block));
  return texts.map((text) => `${isPretty ? prettyJson(text) : text}\n`).join('');
}

/** JSON on several lines, other text unchanged. Numbers keep all their digits: the text is reformatted, not parsed. */
function prettyJson(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return applyEdits(text, format(text, undefined, { insertSpaces: true, tabSize: 2, eol: '\n' }));
}

function blockText(block: Block): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'image':
    case 'audio':
      return `[${block.type}: ${block.mimeType}, ${sizeOf(block.data)}]`;
    case 'resource_link':
      return `[resource: ${block.uri}]`;
    case 'resource': {
      const { resource } = block;
      if ('text' in resource) return resource.text;
      return `[resource: ${resource.mimeType ?? 'application/octet-stream'}, ${sizeOf(resource.blob)}]`;
    }
  }
}

/** The size of Base64 data once decoded: `12.5 KiB`. */
function sizeOf(base64: string): string {
  const bytes = Buffer.byteLength(base64, 'base64');
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ['KiB', 'MiB', 'GiB'];
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length);
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1] ?? ''}`;
}
