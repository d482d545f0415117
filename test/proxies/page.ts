import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/fixtures.js';

const page = readFileSync(join(root, 'docs/deploy/proxies.md'), 'utf8');

/** The configurations of the page, and the replacements in the section on prefixes. */
export const configurations = {
  nginx: { language: 'nginx', replaced: /^ {4}location \/ \{\n[^}]*\}\n/m },
  caddy: { language: 'caddyfile', replaced: /^ {2}import servers\n(?=\}\n$)/m },
  haproxy: { language: 'haproxy', replaced: /(?<=^ {2}balance roundrobin\n)/m },
} as const;

export type ProxyName = keyof typeof configurations;

/** A code block of the page by its info string. */
function blockOf(info: string): string {
  const [, block] = new RegExp(`^\`\`\`${info}\n(.*?)^\`\`\`$`, 'ms').exec(page) ?? [];
  if (block === undefined) throw new Error(`docs/deploy/proxies.md has no block ${info}.`);
  return block;
}

/** The configuration on the page, with the values of this machine. */
export function configurationOf(
  name: ProxyName,
  prefix: boolean,
  replacements: readonly (readonly [shown: string, here: string])[],
): string {
  const { language, replaced } = configurations[name];
  const whole = blockOf(language);
  const chosen = prefix ? insert(whole, replaced, blockOf(`${language} prefix`)) : whole;
  return replacements.reduce((text, [shown, here]) => {
    if (!text.includes(shown))
      throw new Error(`The configuration of ${name} does not have ${shown}.`);
    return text.replaceAll(shown, here);
  }, chosen);
}

function insert(text: string, place: RegExp, block: string): string {
  if (!place.test(text)) throw new Error(`There is no place for:\n${block}`);
  return text.replace(place, () => block);
}
