import { main } from '../../src/cli.js';

// Runs the command line from its sources, for tests that need it as a program.
process.exitCode = await main(process.argv.slice(2), process);
