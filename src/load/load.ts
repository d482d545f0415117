import type { Problem } from '../errors.js';
import { bundle } from './bundle/bundle.js';
import { crawl } from './bundle/crawl.js';
import { contentHash } from './content-hash.js';
import type { Document, LoadOptions } from './document.js';
import { settleDynamic } from './dynamic.js';
import { sectionsOf } from './grammar.js';
import { parseBytes } from './parse/parse.js';
import { takeUrlPaths, takeVendorPaths } from './path-items.js';
import { display, isWeb, locate, withoutCredentials } from './read/location.js';
import { createReader } from './read/read.js';
import { upgrade } from './upgrade/upgrade.js';
import { validate } from './validate.js';
import { detectVersion } from './version.js';

/**
 * Reads an OpenAPI document, 2.0 to 3.2, JSON or YAML, from a file or a URL, and turns it into one self-contained 3.1
 * document. @throws InputError when it cannot be read or used; anything merely irregular becomes a warning.
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
  const file = isWeb(asked) ? display(url) : source;
  const value = parseBytes(bytes, file, report);
  if (overlays.length > 0) {
    const { applyOverlays } = await import('./overlay/apply-overlays.js');
    await applyOverlays(value, overlays, read, report);
  }
  const place = overlays.length === 0 ? file : `${file} with its overlays`;
  const version = detectVersion(value, place);
  takeVendorPaths(value);
  takeUrlPaths(value);
  const sections = sectionsOf(version);
  const { files, isWhole, isDynamic } = await crawl(url, value, sections, read, report);
  const bundled = isWhole ? value : bundle(url.href, files, sections);
  const settled = isDynamic ? settleDynamic(bundled, report) : bundled;
  const openapi = upgrade(validate(settled, place, report), version, url, report);
  return {
    source: withoutCredentials(source),
    overlays: overlays.map((overlay) => overlay.place),
    hash: contentHash(openapi),
    openapi,
    ...(isWeb(url) && { url: url.href }),
    warnings,
  };
}

/** The document and its overlays, without those that only a lock names. */
function namedBy(source: string, { overlays = [], unnamed = [] }: LoadOptions): URL[] {
  return [source, ...overlays]
    .filter((place) => !unnamed.includes(place))
    .map((place) => locate(place));
}
