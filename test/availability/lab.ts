import { checkInvariants, type Environment } from '../attack/case.js';
import { targetIn } from '../attack/own.js';
import { Stage, surround, type Surroundings } from '../attack/stage.js';
import { buildProject, type Project } from '../support/project.js';
import { endProbe } from './stall.js';

/** A generated server of api.yaml, built, and the servers that were started from it. */
export class Lab {
  readonly around: Surroundings;
  readonly #project: Project;
  readonly #stages: Stage[] = [];

  private constructor(project: Project, around: Surroundings) {
    this.#project = project;
    this.around = around;
  }

  static async open(): Promise<Lab> {
    const project = await buildProject('lab', {
      source: 'test/availability/api.yaml',
      args: ['--oauth-server', 'https://auth.example.com'],
    });
    const tools = { read: 'plain', readArguments: {}, readScope: 'read' };
    return new Lab(project, await surround(targetIn(project.folder), tools));
  }

  /** Starts a server with an authorization server around it, which ends with the lab. */
  async start(env?: Environment): Promise<Stage> {
    const stage = await Stage.start(this.around, env);
    this.#stages.push(stage);
    return stage;
  }

  /** Runs a test against a server that is only for it: one that it may block does not fail the next test. */
  async alone<T>(run: (stage: Stage) => Promise<T>, env?: Environment): Promise<T> {
    const stage = await Stage.start(this.around, env);
    try {
      const result = await run(stage);
      checkInvariants(stage);
      return result;
    } finally {
      await stage.close();
    }
  }

  /** Ends everything. Rejects when a server ended by itself, showed a secret or contacted the evil host. */
  async close(): Promise<void> {
    try {
      for (const stage of this.#stages) checkInvariants(stage);
    } finally {
      endProbe();
      await Promise.all(this.#stages.map((stage) => stage.close()));
      await Promise.all([this.around.close(), this.#project.remove()]);
    }
  }
}
