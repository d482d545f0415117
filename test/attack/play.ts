import { checkInvariants, type Case, type Group } from './case.js';
import { Stage, type Surroundings } from './stage.js';

/** Runs cases of groups; servers with the settings of a group are started once for all its cases. */
export class Play {
  readonly #around: Surroundings;
  readonly #stages = new Map<Group['env'], Promise<Stage>>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Rejects with a Deviation when the server does not behave as expected. */
  async run(group: Group, tried: Case): Promise<void> {
    this.#around.upstream.behaviour = undefined;
    if (tried.env === undefined && tried.fresh !== true) {
      const stage = await this.#shared(group);
      await tried.run(stage);
      checkInvariants(stage);
      return;
    }
    const stage = await Stage.start(this.#around, tried.env ?? group.env);
    try {
      await tried.run(stage);
      checkInvariants(stage);
    } finally {
      await stage.close();
    }
  }

  #shared({ env }: Group): Promise<Stage> {
    const known = this.#stages.get(env) ?? Stage.start(this.#around, env);
    this.#stages.set(env, known);
    return known;
  }

  /** Rejects when a server has shown a secret. */
  async close(): Promise<void> {
    const stages = [...this.#stages.values()];
    const closed = await Promise.allSettled(
      stages.map((started) => started.then((stage) => stage.close())),
    );
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  }
}
