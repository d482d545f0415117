import { join } from 'node:path';
import { InputError } from '../../errors.js';
import type { Environment } from '../../print/terminal.js';
import { dataFolder, readIfThere, writePrivately } from '../../project/private-file.js';
import { clients, type ClientName } from '../../project/local-clients.js';
import type { Edit } from './config.js';

/** A server in a client's configuration, and how to restore the file. */
export interface Registration extends Edit {
  readonly name: string;
  readonly client: ClientName;
  /** The configuration file. */
  readonly file: string;
  /** The file did not exist before. */
  readonly created: boolean;
  /** The project's folder, absolute. */
  readonly project: string;
}

/** Everything that `add` has registered, in a file in the user's data folder, newest last. */
export class Registrations {
  readonly #path: string;

  constructor(env: Environment) {
    this.#path = join(dataFolder(env), 'registrations.json');
  }

  /** @throws InputError `BROKEN_REGISTRATIONS` */
  async all(): Promise<Registration[]> {
    const text = await readIfThere(this.#path);
    if (text === undefined) return [];
    try {
      const value: unknown = JSON.parse(text);
      if (Array.isArray(value) && value.every(isRegistration)) return value;
    } catch {
      // Invalid JSON is reported like any other broken content.
    }
    throw this.#broken();
  }

  /** Stores a registration; replaces an earlier one with the same name and client. */
  async put(registration: Registration): Promise<void> {
    const all = await this.all();
    await this.#write([...all.filter((other) => !isSame(other, registration)), registration]);
  }

  async drop(registration: Registration): Promise<void> {
    await this.#write((await this.all()).filter((other) => !isSame(other, registration)));
  }

  #write(registrations: readonly Registration[]): Promise<void> {
    return writePrivately(this.#path, `${JSON.stringify(registrations, null, 2)}\n`);
  }

  #broken(): InputError {
    return new InputError({
      code: 'BROKEN_REGISTRATIONS',
      message: 'The list of servers that were added cannot be read.',
      place: this.#path,
      remedy: 'Remove the file, and remove the servers in the settings of the clients.',
    });
  }
}

function isSame(a: Registration, b: Registration): boolean {
  return a.name === b.name && a.client === b.client;
}

function isRegistration(value: unknown): value is Registration {
  if (typeof value !== 'object' || value === null) return false;
  const texts = ['name', 'client', 'file', 'project', 'removed', 'inserted'];
  const found = new Map(Object.entries(value));
  return (
    texts.every((name) => typeof found.get(name) === 'string') &&
    Object.hasOwn(clients, String(found.get('client')))
  );
}
