import type { Tool } from './api.js';

/**
 * The tools as a list. As arguments, each of them is checked by itself; of an array whose members all have types of
 * their own, the compiler compares every one with every other.
 */
export function toolList(...tools: readonly Tool[]): readonly Tool[] {
  return tools;
}
