import { byCodeUnit } from '../json.js';
import type { Plan } from '../plan/types.js';
import type { OutputFile } from './file.js';
import { generatedFiles } from './generated.js';
import { renderProse } from './prose.js';
import { providerFiles } from './provider-pages.js';
import { listTemplates, readTemplate, type CiService, type Template } from './templates.js';
import { proseView } from './view.js';

/**
 * Prints a plan as the files of a project, in code unit order of their paths, with the workflow file of one CI service
 * or none. Same plan, same bytes.
 */
export async function emit(plan: Plan, ci?: CiService): Promise<OutputFile[]> {
  const files = generatedFiles(plan);
  if (plan.api.authentication === 'oauth2') files.push(...providerFiles());
  const view = await proseView(plan);
  for (const template of await listTemplates({ ci, target: plan.target }))
    files.push(fromTemplate(template, view));
  return files.sort((a, b) => byCodeUnit(a.path, b.path));
}

/** A file without `.hbs` is copied unchanged. */
function fromTemplate(template: Template, view: object): OutputFile {
  const { source, path, owner } = template;
  const content = readTemplate(template);
  return { path, content: source.endsWith('.hbs') ? renderProse(content, view) : content, owner };
}
