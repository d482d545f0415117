/** openapi-to-mcp as a library: generate a project in memory, then write it, or compare it with what is on disk. */
export { generate, type Generated, type GenerateOptions } from './generate.js';
export { check, write, type Difference, type WriteOptions } from './write/write.js';
export { InputError, type Problem } from './errors.js';
export type { OutputFile } from './emit/file.js';
export type { LoadOptions } from './load/document.js';
export type { Plan, PlanOptions } from './plan/types.js';
