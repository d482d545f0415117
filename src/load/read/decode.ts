import { InputError } from '../../errors.js';

/** Decodes bytes into text. @throws InputError that names what they are instead of a document */
export function decode(bytes: Uint8Array, place: string): string {
  const text = decodeAs(encodingOf(bytes), bytes);
  if (text === undefined || text.includes('\0')) {
    const remedy = 'Name an OpenAPI document, JSON or YAML in UTF-8.';
    throw new InputError({
      code: 'SOURCE_NOT_TEXT',
      message: 'The document is not text.',
      place,
      remedy,
    });
  }
  if (/^\s*<(!doctype|html|head|body|\?xml|!--)/i.test(text.slice(0, 1000))) throw markup(place);
  return text;
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

function decodeAs(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function markup(place: string): InputError {
  return new InputError({
    code: 'SOURCE_NOT_TEXT',
    message: 'This is a web page or XML, not an OpenAPI document.',
    place,
    remedy:
      'Use the URL of the document behind the page, often /openapi.json, /v3/api-docs or /swagger.json.',
  });
}
