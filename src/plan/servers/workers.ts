import type { Problem } from '../../errors.js';
import type { Plan } from '../types.js';

/** Features of the document that a Cloudflare Worker does not support. */
export function workerWarnings({ securitySchemes }: Plan['api']): Problem[] {
  return Object.entries(securitySchemes)
    .filter(([, { type }]) => type === 'mutualTLS')
    .map(([name]) => ({
      code: 'WORKERS_CERTIFICATE',
      place: `#/components/securitySchemes/${name}`,
      message: 'A Cloudflare Worker cannot present a client certificate from a file.',
      remedy: 'Generate the server for Node, or use another scheme.',
    }));
}
