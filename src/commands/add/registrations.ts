import { join } from 'node:path';
import { object } from '../../json.js';
import type { Environment } from '../../print/terminal.js';
import { dataFolder } from '../../project/folders.js';
import { PrivateList } from '../../project/private-file.js';
import { clientNames, type ClientName } from '../../project/local-clients.js';
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

/** Everything that `add` has registered, in a file in the user's data folder. */
export class Registrations extends PrivateList<Registration> {
  constructor(env: Environment) {
    super(join(dataFolder(env), 'registrations.json'), isRegistration, {
      code: 'BROKEN_REGISTRATIONS',
      message: 'The list of servers that were added cannot be read.',
      remedy: 'Remove the file, and remove the servers in the settings of the clients.',
    });
  }

  async has(registration: Key): Promise<boolean> {
    return (await this.all()).some((other) => isSame(other, registration));
  }

  /** Stores a registration; replaces an earlier one with the same name and client. */
  put(registration: Registration): Promise<void> {
    return this.replace((other) => isSame(other, registration), registration);
  }

  drop(registration: Registration): Promise<void> {
    return this.replace((other) => isSame(other, registration));
  }
}

type Key = Pick<Registration, 'name' | 'client'>;

function isSame(a: Key, b: Key): boolean {
  return a.name === b.name && a.client === b.client;
}

const TEXTS = ['name', 'client', 'file', 'project', 'removed', 'inserted'];

function isRegistration(value: unknown): value is Registration {
  const found = object(value);
  return (
    TEXTS.every((name) => typeof found[name] === 'string') &&
    clientNames.some((name) => name === found['client'])
  );
}
