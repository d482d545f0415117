import { applyOverlays } from './overlay/apply-overlays.js';
import { checkReferences } from './validate/check-references.js';
import { collect } from './bundle/collect.js';
import { contentHash } from './content-hash.js';
import { decode } from './read/decode.js';
import type { Document, LoadOptions } from './document.js';
import type { Problem } from '../errors.js';
import { display, isWeb, locate, withoutCredentials } from './read/location.js';
import { parse } from './parse/parse.js';
import { createReader } from './read/read.js';
import { repairShape } from './validate/repair-shape.js';
import { requirePaths } from './validate/require-paths.js';
import { upgrade } from './upgrade/upgrade.js';
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
  const isNamed = (place: string) => options.unnamed?.includes(place) !== true;
  const named = [source, ...(options.overlays ?? [])].filter(isNamed).map((place) => locate(place));
  const read = createReader({ root: asked, named }, options);
  const root = await read(asked);
  const place = isWeb(asked) ? display(root.url) : source;
  const value = parse(decode(root.bytes, place), place, report);
  await applyOverlays(value, overlays, read, report);
  const { version } = detectVersion(value, place);
  const collected = await collect(
    { source: root, value, swagger: version === '2.0' },
    read,
    report,
  );
  const { openapi } = detectVersion(collected, place);
  repairShape(openapi, report);
  requirePaths(openapi, place);
  checkReferences(openapi, report);
  const upgraded = upgrade(openapi, version, root.url, report);
  return {
    source: withoutCredentials(source),
    overlays: overlays.map((overlay) => overlay.place),
    hash: contentHash(upgraded),
    openapi: upgraded,
    ...(isWeb(root.url) && { url: root.url.href }),
    warnings,
  };
}
