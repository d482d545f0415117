import { readFileSync } from 'node:fs';
import { packagePath } from './package-path.js';

const manifest = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as {
  version: string;
};

/** The version of this generator. */
export const version = manifest.version;
