#!/usr/bin/env node
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { main } from '../dist/src/cli.js';

// A command lasts seconds, and in V8 11, which has only one optimizing compiler, a third of its CPU time goes into code
// that is optimized too early to pay for itself. Later versions of V8 do not know this flag, or the problem.
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=400000');

// `openapi-to-mcp inspect … | head` closes the pipe early; that is no error.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit();
  // For example a full disk. Status 1 would mean a finding.
  process.stderr.write(
    `CANNOT_WRITE at stdout\n  The result cannot be written: ${error.message}.\n`,
  );
  process.exit(2);
});

// Remarks that nobody reads are no error either, and no reason to stop.
process.stderr.on('error', () => undefined);

process.exitCode = await main(process.argv.slice(2), process);
