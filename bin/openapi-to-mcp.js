#!/usr/bin/env node
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { main } from '../dist/src/cli.js';

// The schema of every tool is compiled, once, to see whether it can be; V8 would keep the code of all of them, which
// for thousands of tools is gigabytes.
setFlagsFromString('--no-compilation-cache');

// `openapi-to-mcp inspect … | head` closes the pipe early; that is no error.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

// Remarks that nobody reads are no error either, and no reason to stop.
process.stderr.on('error', () => undefined);

process.exitCode = await main(process.argv.slice(2), process);
