import { ensure } from './case.js';
import type { Stage } from './stage.js';

/** Seconds that the clock of a server moves at a time: longer than keys are not loaded again. */
const STEP = 31;
const MOVED = 'the clock moved';

/** Runs before a server: a signal moves its wall clock forward. */
const preload = `
  const Real = Date;
  let more = 0;
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length > 0) super(...given);
      else super(Real.now() + more);
    }
    static now() { return Real.now() + more; }
  };
  process.on('SIGUSR2', () => {
    more += ${STEP * 1000};
    console.log('${MOVED}');
  });
`;

/** What of the environment lets the clock of a generated server be moved. */
export const movableClock = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
};

/** Half a minute passes for a server. */
export async function passHalfAMinute(stage: Stage): Promise<void> {
  const before = stage.log().split(MOVED).length;
  stage.child.child.kill('SIGUSR2');
  for (let patience = 800; patience > 0; patience -= 1) {
    if (stage.log().split(MOVED).length > before) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  ensure(false, 'the clock does not move');
}
