import { readFileSync } from 'node:fs';
import { packagePath } from './package-path.js';

const manifest = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as {
  name: string;
  version: string;
};

/** The version of this generator. */
export const version = manifest.version;

/** The name under which this generator is installed; its command is `openapi-to-mcp`. */
export const packageName = manifest.name;
