import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A habit that makes English read like a translation: its name, the remedy, and a pattern that finds candidates. */
interface Habit {
  readonly name: string;
  readonly rule: string;
  readonly pattern: RegExp;
}

// A candidate is not a fault: "the key says when it expires" is fine. Each line has to be read.
const habits: readonly Habit[] = [
  {
    name: 'no',
    rule: '"is no header" → "is not a valid header"',
    pattern: /\b(is|are|was|were|be|been|becomes?) no\b(?! (longer|more|less|later)\b)/i,
  },
  {
    name: 'stands',
    rule: '"the key stands in .env" → "is"',
    pattern: /\bstand(s|ing)?\b(?! for)/i,
  },
  {
    name: 'what',
    rule: '"what is longer is cut" → name the thing: "longer responses are truncated"',
    pattern: /(^|[.;:,] |["'`]|\/\/ |\* )what (is|are|was|it|they|the \w+ \w+ (is|are))\b/i,
  },
  {
    name: 'who',
    rule: '"whoever runs this" → the role: caller, operator, client, reviewer',
    pattern: /\b(nobody|whoever|no one)\b|\bwho (may|can|calls?|has|is allowed)\b/i,
  },
  { name: 'mend', rule: '"mend" → "fix"', pattern: /\bmend(s|ed|ing)?\b/i },
  { name: 'anew', rule: '"anew" → "again"; "regenerates everything"', pattern: /\banew\b/i },
  {
    name: 'told',
    rule: '"told", "says" for data flow → sent, reported, logged',
    pattern: /\b(told|tells?|says?|said|hears?)\b/i,
  },
  {
    name: 'so many',
    rule: '"so many", "of its own" → the number; "custom", "separate"',
    pattern: /\bso (many|much)\b|\bof (its|one['’]s) own\b/i,
  },
  {
    name: 'terms',
    rule: 'gravity → severity, cut → truncated, levels → depth, usual → default',
    pattern: /\b(gravit(y|ies)|cut|usual(ly)?)\b/i,
  },
];

const texts = /\.(ts|js|md|hbs|yaml)$|example$|Dockerfile$/;

/** Prints candidates by habit, with file and line; `npm run words -- HABIT PATH…` prints some of them. */
function main([wanted, ...paths]: readonly string[]): void {
  const where = paths.length > 0 ? paths : ['src', 'templates', 'scripts', 'docs', ':(glob)*.md'];
  const lines = linesOf(where);
  for (const { name, rule, pattern } of habits) {
    if (wanted !== undefined && wanted !== name) continue;
    const found = lines.filter(({ text }) => pattern.test(text));
    console.log(`\n${name}: ${rule} (${found.length} candidates)`);
    for (const { place, text } of found) console.log(`  ${place}: ${text.slice(0, 160)}`);
  }
}

function linesOf(paths: readonly string[]): { place: string; text: string }[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--', ...paths], { encoding: 'utf8' });
  const files = listed
    .split('\0')
    .filter((file) => texts.test(file) && file !== 'scripts/words.ts');
  return files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .map((text, index) => ({ place: `${file}:${index + 1}`, text: text.trim() })),
  );
}

main(process.argv.slice(2));
