import { SAFE_METHODS, type Tool } from '../api.js';
import { stem, stemsIn, wordsOf } from './words.js';

const INTENTS = ['read', 'create', 'update', 'delete', 'none'] as const;

/** The action that a query asks for; `none` if it names none. */
export type Intent = (typeof INTENTS)[number];

const READ = stemsOf(`
list get show find see view read fetch look search check browse download display count export query retrieve tell
monitor track inspect describe explain compare can
`);
const CREATE = stemsOf(`
create add new make open start post write file register invite upload send submit book schedule buy order attach sign
spin launch import generate report insert build compose raise enroll place put begin issue run trigger reply comment
publish fork clone copy duplicate share record mount provision grant request draft subscribe ask tag label react
transition email message text call refund charge give let log
`);
const UPDATE = stemsOf(`
update change edit rename modify set move close lock mark assign enable disable turn switch adjust replace confirm
resolve archive pause resume approve accept reject pin star follow merge transfer restore protect convert reopen
acknowledge patch bring extend reset rotate rerun restart unlock unarchive stop
`);
const DELETE = stemsOf(`
delete remove drop clear clean erase purge wipe destroy revoke cancel disconnect unsubscribe trash discard kick ban
terminate kill logout uninstall detach unlink leave empty prune dismiss delist unfollow unstar unpin unassign unshare
withdraw throw expel eject end
`);
/** Verbs that say no more than the HTTP method does. */
const GENERIC = stemsOf(`
list get show find see view read fetch look create add new make open put write set update change edit modify delete
remove give let tell check
`);
/** Verbs that are also nouns, and commands only before an object. */
const NOUNS = stemsOf(`
file report record schedule order comment message email text call label invoice charge question place book share issue
request
`);
const BEFORE_OBJECT = new Set(
  'a an the my our your this that these on for to how as in which all some new it'.split(' '),
);
const QUESTIONS = new Set(
  'which what who whom whose when where why is are was were did does has have had'.split(' '),
);
const POLITE = new Set(
  'please kindly now just then and also i we you want need would like to can could us lets help how do go ahead'.split(
    ' ',
  ),
);
/** Verbs in the names of operations that remove something, whatever their method. */
const TAKES = stemsOf(`
delete remove destroy erase purge wipe clear revoke cancel trash prune terminate kick ban deactivate disconnect
unsubscribe detach discard cleanup void
`);
/** Verbs in the names of operations that only read, even with POST. */
const READS = stemsOf(
  'search query list get find count lookup read export download check validate preview',
);

const PHRASES: readonly (readonly [RegExp, Intent])[] = [
  [/^(get rid|call off|take (away|down|off)|hang up|(log|sign) (\w+ ){0,2}out)\b/, 'delete'],
  [/^(give|let) (me|us)\b/, 'read'],
  [/^kick off\b/, 'create'],
  [/^take\b/, 'none'],
];
const LAST: readonly (readonly [RegExp, Intent])[] = [
  [/^(list|search|count|lookup|status|history|info|details?)$/, 'read'],
  [/^(delete|remove|purge|revoke)$/, 'delete'],
  [/^(create|add|upload)$/, 'create'],
  [/^(update|edit)$/, 'update'],
];
const MAX_TERSE = 4;

function stemsOf(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/).map(stem));
}

/** The intent of a query: from the verb that starts it or a later clause, or from the last word of a terse query. */
export function intentOf(query: string): Intent {
  const words = wordsOf(query);
  const clauses = query.toLowerCase().split(/[,;:.!?]|\band\b|\bthen\b/);
  const intents = clauses.map(intentOfClause);
  return intentOfLast(words) ?? intents.find((intent) => intent !== 'none') ?? 'none';
}

function intentOfLast(words: readonly string[]): Intent | undefined {
  if (words.length < 2 || words.length > MAX_TERSE) return undefined;
  const [first, last = ''] = [stem(words[0] ?? ''), words.at(-1)];
  const [, intent] = LAST.find(([pattern]) => pattern.test(last)) ?? [];
  return intent === 'read' && (DELETE.has(first) || CREATE.has(first)) ? undefined : intent;
}

function intentOfClause(clause: string): Intent {
  const words = wordsOf(clause);
  const [first = '', second = ''] = words;
  if (QUESTIONS.has(first)) return 'read';
  if (first === 'how' && !['to', 'do', 'can', 'could'].includes(second)) return 'read';
  const start = words.findIndex((word) => !POLITE.has(word));
  return start < 0 ? 'none' : intentOfVerb(words.slice(start));
}

function intentOfVerb(words: readonly string[]): Intent {
  const [verb = '', next = ''] = words;
  const [, known] = PHRASES.find(([pattern]) => pattern.test(words.join(' '))) ?? [];
  if (known !== undefined) return known;
  // A participle describes; only the bare form is a command.
  if (verb.length > 4 && /(ed|ing)$/.test(verb)) return 'none';
  const key = stem(verb);
  if (NOUNS.has(key) && !BEFORE_OBJECT.has(next)) return 'none';
  if (DELETE.has(key)) return 'delete';
  if (READ.has(key)) return 'read';
  if (CREATE.has(key)) return 'create';
  return UPDATE.has(key) ? 'update' : 'none';
}

/** How much the first word of a query counts, given as its stem: the method already covers part of a verb. */
export function verbWeight(word: string): number {
  if (GENERIC.has(word)) return 0.35;
  return [READ, CREATE, UPDATE, DELETE].some((verbs) => verbs.has(word)) ? 0.75 : 1;
}

const FACTORS: Readonly<Record<Intent, Readonly<Record<string, number>>>> = {
  read: { GET: 1, POST: 0.45, PUT: 0.35, PATCH: 0.35, DELETE: 0.15 },
  create: { GET: 0.55, POST: 1, PUT: 0.9, PATCH: 0.7, DELETE: 0.2 },
  update: { GET: 0.5, POST: 0.9, PUT: 1, PATCH: 1, DELETE: 0.35 },
  delete: { GET: 0.4, POST: 0.7, PUT: 0.5, PATCH: 0.5, DELETE: 1 },
  none: { GET: 1, POST: 0.85, PUT: 0.75, PATCH: 0.7, DELETE: 0.35 },
};
const READING_POST = 0.95;
const DESTRUCTIVE = 0.3;
const OTHER = 0.6;

/** How well an operation fits each intent, by its method and its name. */
export function methodFactors(method: string, does: Deed): Readonly<Record<Intent, number>> {
  const factor = (intent: Intent): number => {
    const byMethod = FACTORS[intent][method === 'QUERY' ? 'GET' : method] ?? OTHER;
    if (intent !== 'delete' && does === 'take') return Math.min(byMethod, DESTRUCTIVE);
    const asks = intent === 'read' || intent === 'none';
    return asks && method === 'POST' && does === 'read' ? READING_POST : byMethod;
  };
  const factors = INTENTS.map((intent) => [intent, factor(intent)] as const);
  return Object.fromEntries(factors) as Record<Intent, number>;
}

/** What an operation does, whatever its method: it removes something, it only reads, or neither. */
type Deed = 'take' | 'read' | 'other';

/** Determined from the method, the first word of the name, and the last fixed segment of the path. */
export function deedOf({ name, request: { method } }: Tool, leaf: string): Deed {
  if (SAFE_METHODS.includes(method)) return 'read';
  if (method === 'DELETE') return 'take';
  const [first = ''] = stemsIn(name);
  const called = [first, ...stemsIn(leaf)];
  if (called.some((word) => TAKES.has(word))) return 'take';
  return called.some((word) => READS.has(word)) ? 'read' : 'other';
}
