#!/usr/bin/env node
import process from 'node:process';
import { main } from '../dist/src/cli.js';

// `openapi-to-mcp inspect … | head` closes the pipe early; that is no error.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

// Remarks that nobody reads are no error either, and no reason to stop.
process.stderr.on('error', () => undefined);

process.exitCode = await main(process.argv.slice(2), process);
