import type { Problem } from '../../errors.js';
import type { Plan } from '../types.js';

/** What a Cloudflare Worker cannot do of what the document asks for. */
export function workerWarnings({ securitySchemes }: Plan['api']): Problem[] {
  return Object.entries(securitySchemes)
    .filter(([, { type }]) => type === 'mutualTLS')
    .map(([name]) => ({
      code: 'WORKERS_CERTIFICATE',
      place: `#/components/securitySchemes/${name}`,
      message: 'A Cloudflare Worker shows no client certificate from a file.',
      remedy: 'Generate the server for Node, or use another scheme.',
    }));
}
