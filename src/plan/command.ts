import type { Document } from '../load/document.js';
import type { PlanOptions } from './plan.js';

/** The arguments of this program that make the same project again. */
export function commandOf(document: Document, options: PlanOptions): string[] {
  const flag = (name: string, value: string | undefined) =>
    value === undefined ? [] : [name, value];
  return [
    'generate',
    ...flag('--url', document.source),
    ...document.overlays.flatMap((overlay) => ['--overlay', overlay]),
    ...(document.allowPrivate ? ['--allow-private'] : []),
    ...flag('--name', options.name),
    ...flag('--auth', options.auth),
    ...flag('--oauth-server', options.oauthServer),
    ...flag('--resource-url', options.resourceUrl),
    ...flag('--base-url', options.baseUrl),
    ...flag('--scopes', options.scopes),
    ...(options.include ?? []).flatMap((pattern) => ['--include', pattern]),
    ...(options.exclude ?? []).flatMap((pattern) => ['--exclude', pattern]),
  ];
}
