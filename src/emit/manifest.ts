import { listTemplates, readTemplate } from './templates.js';

/** The dependencies that the package.json of a project must have for the server to work as it was generated. */
export async function requiredDependencies(): Promise<Readonly<Record<string, string>>> {
  const template = (await listTemplates()).find(({ path }) => path === 'package.json');
  const text = template === undefined ? '{}' : await readTemplate(template);
  // What varies in it are texts; versions do not.
  const { dependencies } = JSON.parse(text.replace(/\{\{.*?\}\}/g, '""')) as {
    dependencies: Record<string, string>;
  };
  return dependencies;
}
