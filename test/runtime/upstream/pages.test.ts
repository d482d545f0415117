import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../templates/src/runtime/api.js';
import { nextPage } from '../../../templates/src/runtime/upstream/pages.js';
import { makeTool } from './wire.js';

/** A tool with these arguments in its query; a name with a schema is `name:integer` or `name:integer=1`. */
function listing(names: string, body?: string) {
  const entries = names.split(' ').filter(Boolean).map(parameter);
  const inBody: JsonObject =
    body === undefined
      ? {}
      : { body: { properties: Object.fromEntries(body.split(' ').map(parameter)) } };
  return makeTool(
    {
      method: 'GET',
      path: '/items',
      parameters: entries.map(([name]) => ({ name, in: 'query' as const })),
    },
    { properties: { ...Object.fromEntries(entries), ...inBody } },
  );
}

function parameter(text: string): [string, JsonObject] {
  const [, name = '', type, usual] = /^([^:]*)(?::(\w+))?(?:=(\d+))?$/.exec(text) ?? [];
  return [name, { type: type ?? 'string', ...(usual !== undefined && { default: Number(usual) }) }];
}

const three = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];

interface Form {
  readonly api: string;
  readonly takes: string;
  readonly body?: string;
  readonly given?: JsonObject;
  readonly answer: Json;
  readonly headers?: Record<string, string>;
  readonly next: JsonObject | undefined;
}

const forms: Form[] = [
  {
    api: 'GitHub: Link with rel=next',
    takes: 'state per_page:integer page:integer',
    given: { state: 'open' },
    answer: three,
    headers: {
      link: '<https://api.github.com/repositories/1/issues?state=open&page=2>; rel="next", <https://api.github.com/repositories/1/issues?page=9>; rel="last"',
    },
    next: { state: 'open', page: 2 },
  },
  {
    api: 'GitHub: the last page',
    takes: 'page:integer',
    given: { page: 9 },
    answer: three,
    headers: {
      link: '<https://api.github.com/x?page=8>; rel="prev", <https://api.github.com/x?page=1>; rel="first"',
    },
    next: undefined,
  },
  {
    api: 'Stripe: has_more with the id of the last item',
    takes: 'limit:integer starting_after ending_before',
    answer: { object: 'list', data: three, has_more: true, url: '/v1/charges' },
    next: { starting_after: 'c' },
  },
  {
    api: 'Stripe: the last page',
    takes: 'limit:integer starting_after',
    answer: { object: 'list', data: three, has_more: false },
    next: undefined,
  },
  {
    api: 'Slack: response_metadata.next_cursor',
    takes: 'cursor limit:integer',
    answer: { ok: true, channels: three, response_metadata: { next_cursor: 'dGVhbTpDMDYx' } },
    next: { cursor: 'dGVhbTpDMDYx' },
  },
  {
    api: 'Slack: an empty cursor ends it',
    takes: 'cursor limit:integer',
    answer: { ok: true, channels: three, response_metadata: { next_cursor: '' } },
    next: undefined,
  },
  {
    api: 'Google: nextPageToken',
    takes: 'pageToken maxResults:integer',
    given: { maxResults: 3 },
    answer: { kind: 'drive#fileList', nextPageToken: '~!!~AI9F', files: three },
    next: { maxResults: 3, pageToken: '~!!~AI9F' },
  },
  {
    api: 'Zoom: next_page_token',
    takes: 'page_size:integer next_page_token',
    answer: { page_size: 3, next_page_token: 'w7587w4eiyfsudgf', users: three },
    next: { next_page_token: 'w7587w4eiyfsudgf' },
  },
  {
    api: 'X: meta.next_token, taken as pagination_token',
    takes: 'max_results:integer pagination_token',
    answer: { data: three, meta: { result_count: 3, next_token: '7140w' } },
    next: { pagination_token: '7140w' },
  },
  {
    api: 'Notion: next_cursor in the body',
    takes: '',
    body: 'start_cursor page_size:integer query',
    given: { body: { query: 'plan' } },
    answer: { object: 'list', results: three, next_cursor: 'fe2cc560', has_more: true },
    next: { body: { query: 'plan', start_cursor: 'fe2cc560' } },
  },
  {
    api: 'Django REST framework: next is a URL',
    takes: 'page:integer search',
    given: { search: 'x' },
    answer: {
      count: 1023,
      next: 'https://api.example.org/accounts/?page=2&search=x',
      previous: null,
      results: three,
    },
    next: { search: 'x', page: 2 },
  },
  {
    api: 'Django REST framework: the last page',
    takes: 'page:integer',
    given: { page: 2 },
    answer: { count: 6, next: null, previous: 'https://api.example.org/accounts/', results: three },
    next: undefined,
  },
  {
    api: 'Microsoft Graph: @odata.nextLink',
    takes: '$top:integer $skiptoken $skip:integer',
    answer: {
      value: three,
      '@odata.nextLink': 'https://graph.microsoft.com/v1.0/users?$skiptoken=X%274453',
    },
    next: { $skiptoken: "X'4453" },
  },
  {
    api: 'HAL: _links.next.href',
    takes: 'page:integer size:integer',
    answer: {
      _embedded: { orders: three },
      _links: { self: { href: '/orders' }, next: { href: '/orders?page=2' } },
    },
    next: { page: 2 },
  },
  {
    api: 'JSON:API: links.next',
    takes: 'page[number]:integer page[size]:integer',
    answer: {
      data: three,
      links: {
        self: 'https://example.com/a',
        next: 'https://example.com/articles?page[number]=3&page[size]=1',
      },
    },
    given: { 'page[size]': 1, 'page[number]': 2 },
    next: { 'page[size]': 1, 'page[number]': 3 },
  },
  {
    api: 'HubSpot: paging.next.after',
    takes: 'after limit:integer',
    answer: {
      results: three,
      paging: { next: { after: 'NTI1Cg%3D%3D', link: '?after=NTI1Cg%3D%3D' } },
    },
    next: { after: 'NTI1Cg%3D%3D' },
  },
  {
    api: 'Asana: next_page.offset',
    takes: 'limit:integer offset',
    answer: {
      data: three,
      next_page: {
        offset: 'eyJ0eXAiOJ',
        path: '/tasks?limit=3&offset=eyJ0eXAiOJ',
        uri: 'https://app.asana.com/api/1.0/tasks?limit=3&offset=eyJ0eXAiOJ',
      },
    },
    given: { limit: 3 },
    next: { limit: 3, offset: 'eyJ0eXAiOJ' },
  },
  {
    api: 'Airtable: offset',
    takes: 'offset pageSize:integer',
    answer: { records: three, offset: 'itr23sEjsdfEr3282/rec' },
    next: { offset: 'itr23sEjsdfEr3282/rec' },
  },
  {
    api: 'Spotify: offset and total',
    takes: 'limit:integer offset:integer',
    given: { limit: 3, offset: 3 },
    answer: {
      items: three,
      limit: 3,
      offset: 3,
      total: 9,
      next: 'https://api.spotify.com/v1/me/albums?offset=6&limit=3',
    },
    next: { limit: 3, offset: 6 },
  },
  {
    api: 'Jira: startAt, maxResults, total',
    takes: 'startAt:integer maxResults:integer',
    answer: { startAt: 0, maxResults: 3, total: 200, issues: three },
    next: { startAt: 3 },
  },
  {
    api: 'Jira: isLast',
    takes: 'startAt:integer maxResults:integer',
    answer: { startAt: 0, maxResults: 3, isLast: true, values: three },
    next: undefined,
  },
  {
    api: 'Spring: number from 0, totalPages, last',
    takes: 'page:integer size:integer',
    answer: { content: three, number: 0, size: 3, totalPages: 5, totalElements: 13, last: false },
    next: { page: 1 },
  },
  {
    api: 'Laravel: meta.current_page and last_page',
    takes: 'page:integer',
    given: { page: 2 },
    answer: { data: three, meta: { current_page: 2, last_page: 7, per_page: 3, total: 20 } },
    next: { page: 3 },
  },
  {
    api: 'Laravel: the last page',
    takes: 'page:integer',
    given: { page: 7 },
    answer: { data: three, meta: { current_page: 7, last_page: 7, per_page: 3, total: 20 } },
    next: undefined,
  },
  {
    api: 'GitLab: X-Total-Pages',
    takes: 'page:integer=1 per_page:integer=20',
    answer: three,
    headers: { 'x-total-pages': '4', 'x-total': '12' },
    next: { page: 2 },
  },
  {
    api: 'Zendesk: meta.has_more and after_cursor',
    takes: 'page[size]:integer page[after]',
    answer: { tickets: three, meta: { has_more: true, after_cursor: 'xxx', before_cursor: 'yyy' } },
    next: { 'page[after]': 'xxx' },
  },
  {
    api: 'Relay: pageInfo',
    takes: 'first:integer after',
    answer: { nodes: three, pageInfo: { hasNextPage: true, endCursor: 'Y3Vyc29y' } },
    next: { after: 'Y3Vyc29y' },
  },
  {
    api: 'Relay: the last page',
    takes: 'first:integer after',
    answer: { nodes: three, pageInfo: { hasNextPage: false, endCursor: 'Y3Vyc29y' } },
    next: undefined,
  },
  {
    api: 'AWS: NextToken',
    takes: 'NextToken MaxResults:integer',
    answer: { Items: three, NextToken: 'AAAB' },
    next: { NextToken: 'AAAB' },
  },
  {
    api: 'Anthropic: has_more and last_id',
    takes: 'after_id before_id limit:integer',
    answer: { data: three, has_more: true, first_id: 'a', last_id: 'c' },
    next: { after_id: 'c' },
  },
  {
    api: 'Twilio: next_page_uri',
    takes: 'Page:integer PageSize:integer PageToken',
    answer: {
      calls: three,
      page: 0,
      next_page_uri: '/2010-04-01/Accounts/AC1/Calls.json?PageSize=3&Page=1&PageToken=PACA',
    },
    next: { Page: 1, PageSize: 3, PageToken: 'PACA' },
  },
  {
    api: 'Pinterest: bookmark',
    takes: 'bookmark page_size:integer',
    answer: { items: three, bookmark: 'LT4xNDcz' },
    next: { bookmark: 'LT4xNDcz' },
  },
  {
    api: 'no pages at all',
    takes: 'page:integer',
    answer: { id: 5, name: 'x' },
    next: undefined,
  },
  {
    api: 'a tool without such arguments',
    takes: 'q',
    answer: { results: three, next_cursor: 'x' },
    next: undefined,
  },
];

describe('the next page', () => {
  test.each(forms)('$api', ({ takes, body, given = {}, answer, headers = {}, next }) => {
    const tool = listing(takes, body);
    const note = nextPage({ tool, args: given, headers, answer });
    expect(note?.replace(`Next page: ${tool.name} `, '')).toBe(next && JSON.stringify(next));
  });
});
