import { createHash } from 'node:crypto';
import type { Problem } from '../errors.js';
import { byCodeUnit, isObject, type Json } from '../json.js';
import { bundle } from './bundle/bundle.js';
import { sectionsOf } from './bundle/components.js';
import { crawl } from './bundle/crawl.js';
import type { Document, LoadOptions } from './document.js';
import { applyOverlays } from './overlay/apply-overlays.js';
import { parse } from './parse/parse.js';
import { decode } from './read/decode.js';
import { display, isWeb, locate, withoutCredentials } from './read/location.js';
import { createReader } from './read/read.js';
import { upgrade } from './upgrade/upgrade.js';
import { validate } from './validate.js';
import { detectVersion } from './version.js';

/**
 * Reads an OpenAPI document, 2.0 to 3.2, JSON or YAML, from a file or a URL, and makes one self-contained 3.1
 * document of it. Throws an InputError when it cannot be had or used; what is merely odd becomes a warning.
 */
export async function load(source: string, options: LoadOptions = {}): Promise<Document> {
  const warnings: Problem[] = [];
  const report = (problem: Problem) => void warnings.push(problem);
  const asked = locate(source);
  const overlays = (options.overlays ?? []).map((overlay) => ({
    url: locate(overlay, '--overlay'),
    place: withoutCredentials(overlay),
  }));
  const read = createReader({ root: asked, named: namedBy(source, options) }, options);
  const { url, bytes } = await read(asked);
  const place = isWeb(asked) ? display(url) : source;
  const value = parse(decode(bytes, place), place, report);
  await applyOverlays(value, overlays, read, report);
  const version = detectVersion(value, place);
  const files = await crawl(url, value, read, report);
  const bundled = bundle(url.href, files, sectionsOf(version));
  const openapi = upgrade(validate(bundled, place, report), version, url, report);
  return {
    source: withoutCredentials(source),
    overlays: overlays.map((overlay) => overlay.place),
    hash: contentHash(openapi),
    openapi,
    ...(isWeb(url) && { url: url.href }),
    warnings,
  };
}

/** The document and its overlays, but for those that only a lock names. */
function namedBy(source: string, { overlays = [], unnamed = [] }: LoadOptions): URL[] {
  return [source, ...overlays]
    .filter((place) => !unnamed.includes(place))
    .map((place) => locate(place));
}

/** SHA-256 of what a document says, in lower-case hex: neither its formatting nor the order of its members count. */
function contentHash(document: Json): string {
  const text = JSON.stringify(document, (_, value: Json) =>
    isObject(value) ? sorted(value) : value,
  );
  return createHash('sha256').update(text).digest('hex');
}

function sorted(value: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => byCodeUnit(a, b)));
}
