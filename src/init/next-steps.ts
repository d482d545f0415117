/** What to write into `.env` for the calls of the API; nothing when nothing is needed. */
export function nextSteps(variables: readonly string[]): string {
  if (variables.length === 0) return '';
  const lines = variables.map((line) => `  ${line.includes('=') ? line : `${line}=…`}`);
  return `\nFor the calls of the API, set in .env:\n${lines.join('\n')}\n`;
}
