import { deploy, type Deployment } from '../../fixtures/todo/deployment/deployment.js';
import { freePort } from './http.js';
import type { Project } from './project.js';

/** Deploys the Todo sample with a built server. */
export async function deployTodo(project: Project): Promise<Deployment> {
  return deploy({ port: await freePort(), startServer: (variables) => project.start(variables) });
}
