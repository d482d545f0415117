import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../templates/src/runtime/api.js';
import { readExact } from '../../../templates/src/runtime/upstream/numbers.js';
import { nextPage, restOfPage } from '../../../templates/src/runtime/upstream/pages.js';
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
    api: 'a number that begins again after the last page',
    takes: 'page:integer',
    given: { page: 7 },
    answer: { data: three, next: { page: 1 } },
    next: undefined,
  },
  {
    api: 'a link that begins again after the last page',
    takes: 'page:integer',
    given: { page: '7' },
    answer: { data: three, next: 'https://api.example.com/v1/things?page=0' },
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
    api: 'Intercom: pages.next.starting_after',
    takes: 'per_page:integer starting_after',
    answer: {
      type: 'list',
      data: three,
      total_count: 9,
      pages: {
        type: 'pages',
        page: 1,
        next: { page: 2, starting_after: 'WzE3MTA' },
        per_page: 3,
        total_pages: 3,
      },
    },
    next: { starting_after: 'WzE3MTA' },
  },
  {
    api: 'Algolia: page from 0 and nbPages in the body',
    takes: '',
    body: 'query page:integer hitsPerPage:integer',
    given: { body: { query: 'x' } },
    answer: { hits: three, page: 0, nbHits: 9, nbPages: 3, hitsPerPage: 3 },
    next: { body: { query: 'x', page: 1 } },
  },
  {
    api: 'Cloudflare: result_info.total_pages',
    takes: 'page:integer per_page:integer',
    answer: {
      success: true,
      result: three,
      result_info: { page: 1, per_page: 3, total_pages: 4, count: 3, total_count: 12 },
    },
    next: { page: 2 },
  },
  {
    api: 'Cloudflare: result_info.cursors.after',
    takes: 'cursor per_page:integer',
    answer: { result: three, result_info: { cursors: { after: 'yvUMw' }, count: 3 } },
    next: { cursor: 'yvUMw' },
  },
  {
    api: 'DigitalOcean: links.pages.next',
    takes: 'page:integer per_page:integer',
    answer: {
      droplets: three,
      links: {
        pages: {
          next: 'https://api.digitalocean.com/v2/droplets?page=2',
          last: 'https://api.digitalocean.com/v2/droplets?page=3',
        },
      },
      meta: { total: 9 },
    },
    next: { page: 2 },
  },
  {
    api: 'Pipedrive: additional_data.pagination.next_start',
    takes: 'start:integer limit:integer',
    answer: {
      success: true,
      data: three,
      additional_data: {
        pagination: { start: 0, limit: 3, more_items_in_collection: true, next_start: 3 },
      },
    },
    next: { start: 3 },
  },
  {
    api: 'Pipedrive: the last page',
    takes: 'start:integer limit:integer',
    answer: {
      success: true,
      data: three,
      additional_data: {
        pagination: { start: 0, limit: 3, more_items_in_collection: false, next_start: 3 },
      },
    },
    next: undefined,
  },
  {
    api: 'Zoho: info.more_records',
    takes: 'page:integer per_page:integer',
    answer: { data: three, info: { per_page: 3, count: 3, page: 1, more_records: true } },
    next: { page: 2 },
  },
  {
    api: 'Kubernetes: metadata.continue',
    takes: 'limit:integer continue',
    answer: {
      kind: 'PodList',
      metadata: { resourceVersion: '10', continue: 'ENCODED', remainingItemCount: 9 },
      items: three,
    },
    next: { continue: 'ENCODED' },
  },
  {
    api: 'Bitbucket Server: nextPageStart',
    takes: 'start:integer limit:integer',
    answer: { size: 3, limit: 3, isLastPage: false, start: 0, nextPageStart: 7, values: three },
    next: { start: 7 },
  },
  {
    api: 'S3: NextContinuationToken',
    takes: 'continuation-token max-keys:integer',
    answer: { IsTruncated: true, Contents: three, NextContinuationToken: '1ueGcx' },
    next: { 'continuation-token': '1ueGcx' },
  },
  {
    api: 'IAM: Marker and IsTruncated',
    takes: 'Marker MaxItems:integer',
    answer: { Users: three, IsTruncated: true, Marker: 'AAEy' },
    next: { Marker: 'AAEy' },
  },
  {
    api: 'IAM: the last page',
    takes: 'Marker MaxItems:integer',
    given: { Marker: 'AAEy' },
    answer: { Users: three, IsTruncated: false, Marker: 'AAEz' },
    next: undefined,
  },
  {
    api: 'Twitter 1.1: the cursor 0 ends it',
    takes: 'cursor count:integer',
    answer: { users: three, next_cursor: 0, next_cursor_str: '0' },
    next: undefined,
  },
  {
    api: 'Sentry: a Link with results="false" ends it',
    takes: 'cursor',
    answer: three,
    headers: {
      link: '<https://sentry.io/api/0/issues/?&cursor=1:0:1>; rel="previous"; results="true"; cursor="1:0:1", <https://sentry.io/api/0/issues/?&cursor=1:100:0>; rel="next"; results="false"; cursor="1:100:0"',
    },
    next: undefined,
  },
  {
    api: 'PayPal: links as a list with rel',
    takes: 'page:integer page_size:integer',
    answer: {
      items: three,
      links: [
        { href: 'https://api.paypal.com/v2/x?page=1', rel: 'self' },
        { href: 'https://api.paypal.com/v2/x?page=2&page_size=3', rel: 'next' },
      ],
    },
    given: { page_size: 3 },
    next: { page_size: 3, page: 2 },
  },
  {
    api: 'FHIR: link as a list with relation',
    takes: '_count:integer _getpages',
    answer: {
      resourceType: 'Bundle',
      link: [
        { relation: 'self', url: 'https://hapi.fhir.org/Patient' },
        { relation: 'next', url: 'https://hapi.fhir.org/Patient?_getpages=27f9' },
      ],
      entry: three,
    },
    next: { _getpages: '27f9' },
  },
  {
    api: 'OData 2: d.__next',
    takes: '$skip:integer $skiptoken $top:integer',
    answer: { d: { results: three, __next: 'https://sap.example.com/odata/Items?$skiptoken=3' } },
    next: { $skiptoken: '3' },
  },
  {
    api: 'HAL: a templated link',
    takes: 'page:integer size:integer',
    answer: {
      _embedded: { events: three },
      _links: {
        next: { href: '/discovery/v2/events.json?page=1&size=20{&sort}', templated: true },
      },
    },
    next: { page: 1, size: 20 },
  },
  {
    api: 'HAL: a link that is only a template',
    takes: 'page:integer size:integer',
    answer: {
      _embedded: { events: three },
      _links: { next: { href: '/events{?page,size}', templated: true } },
      page: { size: 3, totalElements: 9, totalPages: 3, number: 0 },
    },
    next: { page: 1 },
  },
  {
    api: 'SCIM: startIndex from 1',
    takes: 'startIndex:integer count:integer',
    answer: { totalResults: 9, itemsPerPage: 3, startIndex: 1, Resources: three },
    next: { startIndex: 4 },
  },
  {
    api: 'Vercel: pagination.next is taken as until',
    takes: 'limit:integer since:integer until:integer',
    answer: { projects: three, pagination: { count: 3, next: 1540095775951, prev: 1540095775999 } },
    next: { until: 1540095775951 },
  },
  {
    api: 'TikTok: a number as the cursor',
    takes: '',
    body: 'cursor:integer max_count:integer',
    answer: {
      data: { videos: three, cursor: 1643332803000, has_more: true },
      error: { code: 'ok' },
    },
    next: { body: { cursor: 1643332803000 } },
  },
  {
    api: 'WorkOS: list_metadata.after',
    takes: 'after before limit:integer',
    answer: { object: 'list', data: three, list_metadata: { before: null, after: 'org_01' } },
    next: { after: 'org_01' },
  },
  {
    api: 'Coinbase: pagination.next_uri',
    takes: 'starting_after limit:integer',
    answer: {
      pagination: { next_starting_after: 'c', next_uri: '/v2/accounts?starting_after=c' },
      data: three,
    },
    next: { starting_after: 'c' },
  },
  {
    api: 'EasyPost: newest first, so that the last id is not what to start after',
    takes: 'before_id after_id page_size:integer',
    answer: { shipments: three, has_more: true },
    next: undefined,
  },
  {
    api: 'Shopify: since_id with ascending ids',
    takes: 'since_id:integer limit:integer',
    answer: { orders: [{ id: 7 }, { id: 9 }], has_more: true },
    next: { since_id: 9 },
  },
  {
    api: 'Mastodon: since_id with descending ids',
    takes: 'since_id:integer limit:integer',
    answer: { statuses: [{ id: 9 }, { id: 7 }], has_more: true },
    next: undefined,
  },
  {
    api: 'SonarQube: paging without a known page size argument',
    takes: 'p:integer ps:integer',
    given: { p: 2 },
    answer: { paging: { pageIndex: 2, pageSize: 3, total: 9 }, components: three },
    next: { p: 3 },
  },
  {
    api: 'Strapi: pagination[page]',
    takes: 'pagination[page]:integer pagination[pageSize]:integer',
    answer: { data: three, meta: { pagination: { page: 1, pageSize: 3, pageCount: 3, total: 9 } } },
    next: { 'pagination[page]': 2 },
  },
  {
    api: 'Elasticsearch: hits.total.value',
    takes: 'from:integer size:integer',
    answer: { took: 5, hits: { total: { value: 9, relation: 'eq' }, hits: three } },
    next: { from: 3 },
  },
  {
    api: 'Solr: response.numFound',
    takes: 'start:integer rows:integer',
    answer: { responseHeader: { status: 0 }, response: { numFound: 9, start: 0, docs: three } },
    next: { start: 3 },
  },
  {
    api: 'Crossref: message.next-cursor',
    takes: 'cursor rows:integer',
    given: { cursor: '*' },
    answer: { status: 'ok', message: { 'total-results': 9, items: three, 'next-cursor': 'DnF1' } },
    next: { cursor: 'DnF1' },
  },
  {
    api: 'PostgREST: Content-Range',
    takes: 'offset:integer limit:integer',
    answer: three,
    headers: { 'content-range': '0-2/9' },
    next: { offset: 3 },
  },
  {
    api: 'WordPress: X-WP-TotalPages',
    takes: 'page:integer=1 per_page:integer=10',
    answer: three,
    headers: { 'x-wp-total': '9', 'x-wp-totalpages': '3' },
    next: { page: 2 },
  },
  {
    api: 'Azure DevOps: x-ms-continuationtoken',
    takes: 'continuationToken $top:integer',
    answer: { count: 3, value: three },
    headers: { 'x-ms-continuationtoken': '3' },
    next: { continuationToken: '3' },
  },
  {
    api: 'Oracle: opc-next-page',
    takes: 'page limit:integer',
    answer: three,
    headers: { 'opc-next-page': 'AAAA' },
    next: { page: 'AAAA' },
  },
  {
    api: 'Typesense: found',
    takes: 'page:integer per_page:integer',
    given: { per_page: 3 },
    answer: { found: 9, out_of: 90, page: 1, hits: three },
    next: { per_page: 3, page: 2 },
  },
  {
    api: 'Meilisearch: estimatedTotalHits',
    takes: '',
    body: 'q offset:integer limit:integer',
    answer: { hits: three, offset: 0, limit: 3, estimatedTotalHits: 9 },
    next: { body: { offset: 3 } },
  },
  {
    api: 'GBIF: endOfRecords',
    takes: 'offset:integer limit:integer',
    answer: { offset: 0, limit: 3, endOfRecords: true, count: 9, results: three },
    next: undefined,
  },
  {
    api: 'Europe PMC: nextCursorMark',
    takes: 'cursorMark pageSize:integer',
    answer: { hitCount: 9, nextCursorMark: 'AoIIP', resultList: { result: three } },
    next: { cursorMark: 'AoIIP' },
  },
  {
    api: 'Qdrant: next_page_offset',
    takes: '',
    body: 'limit:integer offset',
    answer: { result: { points: three, next_page_offset: 'c4' }, status: 'ok' },
    next: { body: { offset: 'c4' } },
  },
  {
    api: 'Eventbrite: continuation',
    takes: 'continuation',
    answer: {
      pagination: {
        object_count: 9,
        page_number: 1,
        page_size: 3,
        continuation: 'abc',
        has_more_items: true,
      },
      events: three,
    },
    next: { continuation: 'abc' },
  },
  {
    api: 'Dropbox Sign: list_info.num_pages',
    takes: 'page:integer page_size:integer',
    answer: {
      list_info: { page: 1, num_pages: 3, num_results: 9, page_size: 3 },
      templates: three,
    },
    next: { page: 2 },
  },
  {
    api: 'Ghost: a page number besides since and token',
    takes: 'since page:integer token',
    answer: { posts: three, meta: { pagination: { page: 1, pages: 3, next: 2, prev: null } } },
    next: { page: 2 },
  },
  {
    api: 'Customer.io: next is taken as start',
    takes: 'start limit:integer',
    answer: { messages: three, next: 'MDoxMD' },
    next: { start: 'MDoxMD' },
  },
  {
    api: 'Discourse: more_topics_url',
    takes: 'page:integer order',
    answer: { topic_list: { more_topics_url: '/latest?page=1', topics: three } },
    next: { page: 1 },
  },
  {
    api: 'Stripe search: next_page is a token',
    takes: 'query page limit:integer',
    given: { query: 'x' },
    answer: {
      object: 'search_result',
      data: three,
      has_more: true,
      next_page: 'WyIx',
      url: '/v1/charges/search',
    },
    next: { query: 'x', page: 'WyIx' },
  },
  {
    api: 'Shopify: page_info allows no other filters',
    takes: 'status limit:integer page_info',
    given: { status: 'active', limit: 3 },
    answer: { products: three },
    headers: {
      link: '<https://x.myshopify.com/admin/api/2026-10/products.json?limit=3&page_info=eyJ>; rel="next"',
    },
    next: { limit: 3, page_info: 'eyJ' },
  },
  {
    api: 'Django REST framework: the count is of all items, and next is null',
    takes: 'page:integer search',
    given: { search: 'x' },
    answer: { count: 10, next: null, previous: null, results: three },
    next: undefined,
  },
  {
    api: 'OpenAlex: no cursor, but page numbers',
    takes: 'page:integer per-page:integer cursor',
    answer: { meta: { count: 9, page: 1, per_page: 3, next_cursor: null }, results: three },
    next: { page: 2 },
  },
  {
    api: 'a list in the link, which was not given',
    takes: 'page:integer include:array',
    answer: { data: three, links: { next: '/x?include=a&include=b&page=2' } },
    next: { page: 2 },
  },
  {
    api: 'a filter that the response repeats',
    takes: 'after limit:integer',
    given: { after: '2026-01-01' },
    answer: { after: '2026-01-01', items: three },
    next: undefined,
  },
  {
    api: 'Elasticsearch: a scroll keeps its id',
    takes: 'scroll_id scroll',
    given: { scroll_id: 'x' },
    answer: { _scroll_id: 'x', hits: { hits: three } },
    next: { scroll_id: 'x' },
  },
  ...[
    "<https://x.example/y?page=2>; rel='next'",
    '< https://x.example/y?page=2 > ; rel = "next"',
    '<https://x.example/y?q=a&amp;page=2>; rel="prev next"',
    '<https://x.example/y?page=1>; rel="prev",<?page=2>; REL=next',
  ].map((link) => ({
    api: `a Link as servers write it: ${link}`,
    takes: 'page:integer',
    answer: three,
    headers: { link },
    next: { page: 2 },
  })),
  {
    api: 'a cursor in a header, with slashes in it',
    takes: 'page limit:integer',
    answer: three,
    headers: { 'opc-next-page': 'AAA/bbb/c==' },
    next: { page: 'AAA/bbb/c==' },
  },
  {
    api: 'Content-Range with a unit',
    takes: 'offset:integer limit:integer',
    answer: three,
    headers: { 'content-range': 'items 0-2/10' },
    next: { offset: 3 },
  },
  {
    api: 'X 1.1: next_results',
    takes: 'q max_id:integer',
    given: { q: 'x' },
    answer: {
      statuses: three,
      search_metadata: { next_results: '?max_id=249279667666817023&q=x' },
    },
    next: { q: 'x', max_id: '249279667666817023' },
  },
  {
    api: 'OData: @odata.count without a link',
    takes: '$top:integer $skip:integer $count',
    answer: { '@odata.count': 9, value: three },
    next: { $skip: 3 },
  },
  {
    api: 'BigQuery: pageToken',
    takes: 'pageToken maxResults:integer',
    answer: { kind: 'bigquery#queryResponse', rows: three, pageToken: 'BE4X', totalRows: '9' },
    next: { pageToken: 'BE4X' },
  },
  {
    api: 'flags as strings',
    takes: 'page:integer',
    answer: { items: three, has_more: 'True' },
    next: { page: 2 },
  },
  {
    api: 'flags as strings: the last page',
    takes: 'page:integer',
    answer: { items: three, has_more: 'false', total: 9 },
    next: undefined,
  },
  {
    api: 'Spring Data REST: the last page, without `last`',
    takes: 'page:integer size:integer',
    given: { page: 2 },
    answer: {
      _embedded: { orders: three },
      page: { size: 3, totalElements: 9, totalPages: 3, number: 2 },
    },
    next: undefined,
  },
  {
    api: 'Spring with arguments from 1: the first page',
    takes: 'page:integer size:integer',
    given: { page: 1 },
    answer: { content: three, number: 0, size: 3, totalPages: 2, totalElements: 6 },
    next: { page: 2 },
  },
  {
    api: 'Flickr: an envelope of any name',
    takes: 'page:integer per_page:integer',
    answer: { photos: { page: 2, pages: 4, perpage: 3, total: 12, photo: three }, stat: 'ok' },
    given: { page: 2 },
    next: { page: 3 },
  },
  {
    api: 'a list beside an object with other counts',
    takes: 'page:integer',
    answer: { items: three, owner: { roles: ['a'], total: 90 } },
    next: undefined,
  },
  {
    api: 'a text that is called next',
    takes: 'cursor',
    answer: { id: 1, next: 'Go to the shop' },
    next: undefined,
  },
  {
    api: 'a POST that creates something',
    takes: 'expand',
    body: 'amount:integer cursor',
    given: { body: { amount: 5 } },
    answer: { id: 'ch_1', status: 'pending', next: '/v1/charges?cursor=x', cursor: 'x' },
    next: undefined,
  },
  ...['https://api.example.com/search?cursor=x', 'https://api.example.com/search/2', '/s?c=x'].map(
    (next) => ({
      api: `a link for a tool that takes a cursor in its body: ${next}`,
      takes: '',
      body: 'cursor query',
      answer: { items: three, next },
      next: undefined,
    }),
  ),
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
  {
    api: 'OpenStack: servers_links',
    takes: 'limit:integer marker',
    answer: {
      servers: three,
      servers_links: [{ rel: 'next', href: 'http://os/v2.1/servers?limit=3&marker=c' }],
    },
    next: { limit: 3, marker: 'c' },
  },
  {
    api: 'ArcGIS: exceededTransferLimit',
    takes: 'resultOffset:integer resultRecordCount:integer',
    answer: { features: three, exceededTransferLimit: true },
    next: { resultOffset: 3 },
  },
  {
    api: 'OGC API Features: numberMatched',
    takes: 'offset:integer limit:integer',
    answer: { features: three, numberMatched: 30, numberReturned: 3 },
    next: { offset: 3 },
  },
  {
    api: 'PubMed: esearchresult, retstart and retmax',
    takes: 'retstart:integer retmax:integer',
    answer: {
      esearchresult: { count: '300', retmax: '3', retstart: '0', idlist: ['1', '2', '3'] },
    },
    next: { retstart: 3 },
  },
  {
    api: 'GeoNames: totalResultsCount and startRow',
    takes: 'startRow:integer maxRows:integer',
    answer: { totalResultsCount: 300, geonames: three },
    next: { startRow: 3 },
  },
  {
    api: 'Gong: records beside the list',
    takes: 'cursor',
    answer: { records: { totalRecords: 30, currentPageNumber: 0, cursor: 'eyJ' }, calls: three },
    next: { cursor: 'eyJ' },
  },
  {
    api: 'Auth0: next and from',
    takes: 'from take:integer',
    answer: { next: 'MTIz', organizations: three },
    next: { from: 'MTIz' },
  },
  {
    api: 'Tableau: totalAvailable, in digits',
    takes: 'pageNumber:integer pageSize:integer',
    answer: {
      pagination: { pageNumber: '1', pageSize: '3', totalAvailable: '142' },
      sites: { site: three },
    },
    next: { pageNumber: 2 },
  },
  {
    api: 'Coinbase Exchange: CB-AFTER',
    takes: 'before after limit:integer',
    answer: three,
    headers: { 'cb-before': '44', 'cb-after': '42' },
    next: { after: '42' },
  },
  {
    api: 'OneLogin: After-Cursor',
    takes: 'cursor limit:integer',
    answer: three,
    headers: { 'after-cursor': 'abc', 'current-page': '1' },
    next: { cursor: 'abc' },
  },
  {
    api: 'Zendesk exports: the end of the stream',
    takes: 'cursor start_time:integer',
    answer: { tickets: three, after_cursor: 'MTU', end_of_stream: true },
    next: undefined,
  },
  {
    api: 'Alchemy: pageKey',
    takes: 'owner pageKey pageSize:integer',
    answer: { ownedNfts: three, totalCount: 30, pageKey: 'u-1' },
    next: { pageKey: 'u-1' },
  },
  {
    api: 'Dynatrace: nextPageKey',
    takes: 'nextPageKey pageSize:integer',
    answer: { totalCount: 9, nextPageKey: 'AQ', problems: three },
    next: { nextPageKey: 'AQ' },
  },
  {
    api: 'Cosmos SDK: pagination.next_key',
    takes: 'pagination.key pagination.limit:integer',
    answer: { balances: three, pagination: { next_key: 'AAE=', total: '0' } },
    next: { 'pagination.key': 'AAE=' },
  },
  {
    api: 'OAI-PMH: resumptionToken',
    takes: 'from until resumptionToken',
    answer: { records: three, resumptionToken: 'r1' },
    next: { resumptionToken: 'r1' },
  },
  {
    api: 'Google Calendar: a token for later changes',
    takes: 'pageToken syncToken',
    answer: { items: three, nextSyncToken: 'CPDA' },
    next: undefined,
  },
  {
    api: 'imgix: an object called cursor',
    takes: 'page[cursor] page[limit]:integer',
    answer: { data: three, meta: { cursor: { current: '0', hasMore: true, next: '60' } } },
    next: { 'page[cursor]': '60' },
  },
  {
    api: 'Lemmy: next_page is not a number',
    takes: 'page:integer page_cursor limit:integer',
    answer: { posts: three, next_page: 'Pa46c' },
    next: { page_cursor: 'Pa46c' },
  },
  {
    api: 'Matrix: next_batch and since',
    takes: 'since limit:integer',
    answer: { chunk: three, next_batch: 'p1' },
    next: { since: 'p1' },
  },
  {
    api: 'Matrix: next_batch and from',
    takes: 'from dir limit:integer',
    answer: { chunk: three, next_batch: 'p1', prev_batch: 'p0' },
    next: { from: 'p1' },
  },
  {
    api: 'RingCentral: navigation with a URI',
    takes: 'page:integer perPage:integer',
    answer: { records: three, navigation: { nextPage: { uri: 'https://rc/x?page=2&perPage=3' } } },
    next: { page: 2, perPage: 3 },
  },
  {
    api: 'ASP.NET: X-Pagination with JSON',
    takes: 'pageNumber:integer pageSize:integer',
    answer: three,
    headers: { 'x-pagination': '{"TotalCount":12,"PageSize":3,"CurrentPage":1,"TotalPages":4}' },
    next: { pageNumber: 2 },
  },
  {
    api: 'ASP.NET: X-Pagination that is not JSON',
    takes: 'pageNumber:integer',
    answer: three,
    headers: { 'x-pagination': '{' },
    next: undefined,
  },
  {
    api: 'Yii: X-Pagination-Page-Count',
    takes: 'page:integer per-page:integer',
    answer: three,
    headers: { 'x-pagination-current-page': '1', 'x-pagination-page-count': '4' },
    next: { page: 2 },
  },
  {
    api: 'Rails, pagy: Total-Pages',
    takes: 'page:integer items:integer',
    answer: three,
    headers: { 'current-page': '1', 'page-items': '3', 'total-pages': '4', 'total-count': '12' },
    next: { page: 2 },
  },
  {
    api: 'Rails, api-pagination: Total and Per-Page',
    takes: 'page:integer',
    given: { page: 2 },
    answer: three,
    headers: { total: '12', 'per-page': '3' },
    next: { page: 3 },
  },
  {
    api: 'World Bank: a list of the counts and the items',
    takes: 'format page:integer per_page:integer',
    given: { format: 'json', page: 2 },
    answer: [{ page: 2, pages: 7, per_page: '3', total: 20 }, three],
    next: { format: 'json', page: 3 },
  },
  {
    api: 'World Bank: the last page',
    takes: 'format page:integer per_page:integer',
    given: { page: 7 },
    answer: [{ page: 7, pages: 7, per_page: '3', total: 20 }, three],
    next: undefined,
  },
  {
    api: 'MediaWiki: continue has all arguments of the next page',
    takes: 'list apcontinue aplimit:integer continue',
    given: { list: 'allpages' },
    answer: {
      batchcomplete: '',
      continue: { apcontinue: 'Foo_bar', continue: '-||' },
      query: { allpages: three },
    },
    next: { list: 'allpages', apcontinue: 'Foo_bar', continue: '-||' },
  },
  {
    api: 'MediaWiki: an offset',
    takes: 'srsearch sroffset:integer',
    given: { srsearch: 'x' },
    answer: { continue: { sroffset: 10, continue: '-||' }, query: { search: three } },
    next: { srsearch: 'x', sroffset: 10 },
  },
  {
    api: 'Express: next is an object with the page, beside a total',
    takes: 'page:integer limit:integer',
    answer: { total: 9, next: { page: 2, limit: 3 }, results: three },
    next: { page: 2 },
  },
  {
    api: 'Google custom search: queries.nextPage is a list of one',
    takes: 'q start:integer num:integer',
    given: { q: 'x' },
    answer: {
      queries: {
        request: [{ totalResults: '9000', count: 3, startIndex: 1 }],
        nextPage: [{ totalResults: '9000', count: 3, startIndex: 4 }],
      },
      items: three,
    },
    next: { q: 'x', start: 4 },
  },
  {
    api: 'the next event of a calendar',
    takes: 'id start cursor',
    answer: { events: three, next: { id: 'd', start: '2026-12-01T10:00:00Z', name: 'Lunch' } },
    next: undefined,
  },
  {
    api: 'the next step of a form, whose page has a name',
    takes: 'page:integer',
    answer: { fields: three, next: { page: 'payment' } },
    next: undefined,
  },
  {
    api: 'Tumblr: a total that is named after its list',
    takes: 'offset:integer limit:integer',
    given: { offset: 3 },
    answer: { response: { posts: three, total_posts: 9, total_likes: 99 } },
    next: { offset: 6 },
  },
  {
    api: 'a total of something else',
    takes: 'offset:integer limit:integer',
    answer: { posts: three, total_likes: 99 },
    next: undefined,
  },
  {
    api: 'CoinMarketCap: the total in the status',
    takes: 'start:integer=1 limit:integer',
    answer: { status: { error_code: 0, total_count: 9 }, data: three },
    next: { start: 4 },
  },
  {
    api: 'next is a flag',
    takes: 'page:integer',
    given: { page: 2 },
    answer: { data: three, next: true },
    next: { page: 3 },
  },
  {
    api: 'next is a flag: the last page',
    takes: 'page:integer',
    answer: { data: three, next: false, total: 9 },
    next: undefined,
  },
  {
    api: 'Walmart: the cursor is a query',
    takes: 'limit:integer nextCursor',
    answer: { meta: { totalCount: 9, nextCursor: '?limit=3&nextCursor=AoE' }, elements: three },
    next: { limit: 3, nextCursor: 'AoE' },
  },
];

describe('the next page', () => {
  test.each(forms)('$api', ({ takes, body, given = {}, answer, headers = {}, next }) => {
    const tool = listing(takes, body);
    const note = nextPage({ tool, args: given, headers, answer });
    expect(note?.replace(`Next page: ${tool.name} `, '')).toBe(next && JSON.stringify(next));
  });

  test.each<[JsonObject]>([[{ type: 'string' }], [{}]])(
    'keeps the digits of a long cursor where the argument is %j',
    (cursor) => {
      const { inputSchema, ...tool } = listing('cursor');
      const answer = readExact('{ "items": [{ "id": 1 }], "next_cursor": 12345678901234567890 }');
      const own = { ...tool, inputSchema: { ...inputSchema, properties: { cursor } } };
      expect(nextPage({ tool: own, args: {}, headers: {}, answer })).toBe(
        `Next page: ${tool.name} {"cursor":"12345678901234567890"}`,
      );
    },
  );

  test.each([
    ['Page to fetch (starting at 0).', 1],
    ['The zero-based page number.', 1],
    ['Page index of the results to return. First page is 0.', 1],
    ['The 1-based page number.', 2],
    ['Which page of 10 to return', 2],
  ])('counts as the description of the argument states: %j', (description, page) => {
    const { inputSchema, ...tool } = listing('page:integer');
    const properties = { page: { type: 'integer', description } };
    const answer = { tasks: three, last_page: false };
    const own = { ...tool, inputSchema: { ...inputSchema, properties } };
    expect(nextPage({ tool: own, args: {}, headers: {}, answer })).toBe(
      `Next page: ${tool.name} {"page":${page}}`,
    );
  });
});

describe('arguments inside of objects', () => {
  const integer = { type: 'integer' };
  const object = (...names: string[]) => ({
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, integer])),
  });
  const query = (name: string, schema: JsonObject, style?: 'deepObject') =>
    makeTool(
      { parameters: [{ name, in: 'query', ...(style && { style }) }] },
      { properties: { [name]: schema } },
    );
  const inBody = (properties: JsonObject, $defs: JsonObject = {}) =>
    makeTool({}, { properties: { body: { type: 'object', properties } }, $defs });
  const counted = { data: three, page: 1, per_page: 3, total_pages: 4, total: 12 };

  test.each([
    [
      'JSON:API: page as a deepObject, with a link',
      query('page', object('number', 'size'), 'deepObject'),
      { page: { size: 3 } },
      { data: three, links: { next: '/articles?page%5Bnumber%5D=2&page%5Bsize%5D=3' } },
      { page: { size: 3, number: 2 } },
    ],
    [
      'JSON:API: page as a deepObject, with counts',
      query('page', object('number', 'size'), 'deepObject'),
      {},
      counted,
      { page: { number: 2 } },
    ],
    [
      'springdoc: pageable, whose members are parameters',
      query('pageable', object('page', 'size')),
      { pageable: { page: 0, size: 3 } },
      { content: three, number: 0, size: 3, totalPages: 5, totalElements: 13 },
      { pageable: { page: 1, size: 3 } },
    ],
    [
      'Datadog: body.page.cursor',
      inBody({
        page: { type: 'object', properties: { cursor: { type: 'string' }, limit: integer } },
      }),
      { body: { filter: { query: 'x' } } },
      { data: three, meta: { page: { after: 'eyJ' } } },
      { body: { filter: { query: 'x' }, page: { cursor: 'eyJ' } } },
    ],
    [
      'body.pagination, by reference',
      inBody({ pagination: { $ref: '#/$defs/p' } }, { p: object('page', 'pageSize') }),
      { body: { pagination: { page: 2, pageSize: 3 } } },
      { data: three, total: 12 },
      { body: { pagination: { page: 3, pageSize: 3 } } },
    ],
    [
      'Plaid: body.options, and a total that is named after its list',
      inBody({ options: object('count', 'offset') }),
      { body: { options: { count: 3 } } },
      { accounts: [{ id: 1 }], transactions: three, total_transactions: 9 },
      { body: { options: { count: 3, offset: 3 } } },
    ],
    ['an object without members', query('page', { type: 'object' }, 'deepObject'), {}, counted],
    ['a list', query('page', { type: 'array', items: integer }), {}, counted],
  ])('%s', (_, tool, args, answer: Json, next?: JsonObject) => {
    const note = nextPage({ tool, args, headers: {}, answer });
    expect(note).toBe(next && `Next page: tool ${JSON.stringify(next)}`);
  });

  test('are in the description of a call that is too long to repeat', () => {
    const tool = query('page', object('number'), 'deepObject');
    const note = nextPage({ tool, args: { q: 'x'.repeat(1000) }, headers: {}, answer: counted });
    expect(note).toBe('Next page: tool with the same arguments and {"page":{"number":2}}');
  });
});

describe('the rest of a shortened page', () => {
  test('World Bank: the list beside the counts', () => {
    const answer = [{ page: 2, per_page: 3, total: 9 }, three];
    const page = { tool: listing('page:integer per_page:integer'), args: {}, headers: {}, answer };
    expect(restOfPage(page, { path: '[]', shown: 2, total: 3 })).toMatch(/"per_page":2/);
    expect(restOfPage(page, { path: '', shown: 1, total: 2 })).toBeUndefined();
  });

  test('Keycloak: beside max, first is the position', () => {
    const tool = listing('search first:integer max:integer');
    const page = { tool, args: { first: 100 }, headers: {}, answer: three };
    const rest = restOfPage(page, { path: '', shown: 2, total: 3 });
    expect(rest).toBe(`Smaller page, same position: ${tool.name} {"first":100,"max":2}`);
  });
});
