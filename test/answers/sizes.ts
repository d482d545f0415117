import type { JsonObject } from '../../templates/src/runtime/api.js';
import { json, many, type Answer } from './answer.js';

const words = 'The quick brown fox jumps over the lazy dog. ';

const tweet = (id: string) =>
  `{"id":${id},"id_str":"${id}","text":"To make room for more expression","user":{"id":6253282,"screen_name":"API"},"retweet_count":284}`;
const wei = (number: number) =>
  `{"blockNumber":${65204 + number},"from":"0x5abfec25f74cd88437631a7731906932776356f9","value":11901464239480000000000000,"gas":2000000}`;
const candle = (number: number) =>
  `[${1499040000000 + number},"0.01634790","0.80000000",148976.11427815412345678,${number}]`;
const list = (count: number, item: (number: number) => string) =>
  `[${Array.from({ length: count }, (_, number) => item(number)).join(',')}]`;

/** Numbers beyond 2^53 and with more digits than a double keeps; their text is compared, not their value. */
export const numbers: readonly Answer[] = [
  {
    api: 'X, posts with 64-bit ids',
    page: 'https://docs.x.com/fundamentals/x-ids',
    body: `{"statuses":${list(300, (n) => tweet(`85000624528000${String(n).padStart(4, '0')}`))},"search_metadata":{"max_id":250126199840518145}}`,
    parameters: { count: { type: 'integer' }, max_id: { type: 'integer' } },
    schema: {
      type: 'object',
      properties: {
        statuses: {
          type: 'array',
          items: {
            type: 'object',
            properties: { id: { type: 'integer' }, text: { type: 'string' } },
          },
        },
      },
    },
  },
  {
    api: 'Etherscan, transactions in wei',
    page: 'https://docs.etherscan.io/api-endpoints/accounts',
    body: `{"status":"1","message":"OK","result":${list(400, wei)}}`,
    schema: {
      type: 'object',
      properties: {
        result: {
          type: 'array',
          items: {
            type: 'object',
            properties: { value: { type: 'number' }, from: { type: 'string' } },
          },
        },
      },
    },
  },
  {
    api: 'Binance, candlesticks in decimals',
    page: 'https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints',
    body: list(900, candle),
    schema: { type: 'array', items: { type: 'array', items: {} } },
  },
  {
    api: 'Discord, snowflakes as numbers',
    page: 'https://discord.com/developers/docs/reference#snowflakes',
    body: list(
      500,
      (n) => `{"id":175928847299117063${n},"name":"role ${n}","permissions":9007199254740993}`,
    ),
    schema: {
      type: 'array',
      items: { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } },
    },
  },
  {
    api: 'PostgREST, numeric columns with exponents',
    page: 'https://docs.postgrest.org/en/stable/references/api/tables_views.html',
    body: list(
      400,
      (n) =>
        `{"n":${n}.0,"big":1e400,"small":-2.50e-310,"exact":0.1000000000000000055511151231257827}`,
    ),
    schema: { type: 'array', items: { type: 'object', properties: { big: { type: 'number' } } } },
  },
];

/** One value that is most of the answer. */
export const huge: readonly Answer[] = [
  json(
    'GitHub, the contents of a file in base64',
    'https://docs.github.com/en/rest/repos/contents#get-repository-content',
    {
      type: 'file',
      encoding: 'base64',
      size: 90_000,
      name: 'logo.png',
      content: Buffer.from('\x89PNG\r\n'.repeat(15_000)).toString('base64'),
      sha: '3d21ec53a331a6f037a91c368710b99387d012c1',
    },
  ),
  json('Wikipedia, a page in wikitext', 'https://www.mediawiki.org/wiki/API:Parsing_wikitext', {
    parse: { title: 'Pet door', pageid: 3276454, wikitext: `'''Pet door''' ${words.repeat(4000)}` },
  }),
  json('A text in many scripts', 'https://www.unicode.org/udhr/', {
    language: 'several',
    text: 'すべての人間は、生れながらにして自由であり 😀 "все" люди\n\u2028'.repeat(2500),
  }),
  json(
    'OpenAI, a completion that is one string',
    'https://platform.openai.com/docs/api-reference/chat',
    {
      id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
      choices: [
        { index: 0, message: { role: 'assistant', content: words.repeat(3000) }, logprobs: null },
      ],
      usage: { prompt_tokens: 19, completion_tokens: 10 },
    },
  ),
  {
    api: 'Etcd, a JSON string and nothing else',
    page: 'https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/',
    body: JSON.stringify(words.repeat(3000)),
    schema: { type: 'string' },
  },
];

const station = { id: 1, n: 'a', s: true };
const stars: JsonObject[] = many(50_000, station, (id) => ({ id }));

/** Lists of 50,000 small items. */
export const long: readonly Answer[] = [
  json(
    'Hacker News, ids of all new stories',
    'https://github.com/HackerNews/API',
    Array.from({ length: 50_000 }, (_, n) => 9_129_911 - n),
  ),
  json(
    'CoinGecko, the list of all coins',
    'https://docs.coingecko.com/reference/coins-list',
    stars,
    {
      parameters: { include_platform: { type: 'boolean' } },
    },
  ),
  json('Datamuse, words with their scores', 'https://www.datamuse.com/api/', {
    words: many(50_000, { score: 100 }, (n) => ({ word: `w${n}` })),
  }),
];
