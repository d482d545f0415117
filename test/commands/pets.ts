import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder with a document and, once it is generated, a project. To a shell, its path is more than one word: commands that
 * name it need quotes.
 */
export interface Place {
  readonly folder: string;
  readonly spec: string;
  readonly output: string;
  /** Writes the document. */
  readonly say: (document: object) => Promise<void>;
  readonly remove: () => Promise<void>;
}

export async function makePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'My commands ü-'));
  const spec = join(folder, 'spec.json');
  const say = (document: object) => writeFile(spec, JSON.stringify(document));
  await say(pets());
  return {
    folder,
    spec,
    output: join(folder, 'out'),
    say,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A small API with something for every flag; `paths` are added to it. */
export function pets(paths: object = {}, more: object = {}): object {
  return {
    openapi: '3.1.0',
    info: { title: 'Pets', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    components: {
      schemas: {
        Pet: {
          type: 'object',
          properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
        },
        Owner: { type: 'object', properties: { name: { type: 'string' } } },
      },
      securitySchemes: {
        oauth: {
          type: 'oauth2',
          flows: { clientCredentials: { tokenUrl: 'https://a.example/t', scopes: { read: '' } } },
        },
      },
    },
    paths: {
      '/pets': {
        get: operation('listPets', { tags: ['pets'] }),
        post: operation('addPet', {
          tags: ['pets'],
          requestBody: {
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } },
          },
        }),
      },
      '/owners': { get: operation('listOwners', { tags: ['owners'] }) },
      ...paths,
    },
    ...more,
  };
}

export function operation(operationId: string, more: object = {}): object {
  return {
    operationId,
    security: [{ oauth: ['read'] }],
    responses: { 200: { description: 'ok' } },
    ...more,
  };
}
