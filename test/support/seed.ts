/**
 * In every process of tests that generate their cases: `FAST_CHECK_SEED`, an integer, decides which. `.ci/run` makes it
 * from the contents of the commit, so that the same contents pass or fail together wherever they are checked. Without
 * it, each run has different cases; a failure prints its seed.
 */
import fc from 'fast-check';

const seed = process.env['FAST_CHECK_SEED'];
if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
