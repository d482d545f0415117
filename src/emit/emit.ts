import type { Plan } from '../plan/plan.js';
import type { OutputFile } from './file.js';
import { format } from './format.js';
import { generatedFiles } from './generated.js';
import { renderProse } from './prose.js';
import { listTemplates, readTemplate, type CiService, type Template } from './templates.js';
import { byCodeUnit } from '../json.js';

/** What is not part of the plan. */
export interface EmitOptions {
  /** The service to write a workflow file for. */
  readonly ci?: CiService;
  /** Called after each file of `src/generated`, because formatting thousands of them takes a while. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Prints a plan as the files of a project, in code unit order of their paths. Same plan, same bytes. */
export async function emit(
  plan: Plan,
  { ci, onProgress }: EmitOptions = {},
): Promise<OutputFile[]> {
  const files: OutputFile[] = [];
  for (const template of await listTemplates(ci)) files.push(await fromTemplate(template, plan));
  const total = plan.api.tools.length + 2;
  let done = 0;
  for (const file of generatedFiles(plan)) {
    files.push(await formatted(file));
    onProgress?.(++done, total);
  }
  return files.sort((a, b) => byCodeUnit(a.path, b.path));
}

/** A file without `.hbs` is copied as it is: it is formatted where it lives. */
async function fromTemplate(template: Template, plan: Plan): Promise<OutputFile> {
  const { source, path, owner } = template;
  const content = await readTemplate(template);
  if (source === path) return { path, content, owner };
  return formatted({ path, content: renderProse(content, plan), owner });
}

async function formatted(file: OutputFile): Promise<OutputFile> {
  return { ...file, content: await format(file.path, file.content) };
}
