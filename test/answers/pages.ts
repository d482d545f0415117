import type { JsonObject } from '../../templates/src/runtime/api.js';
import { integer, many, schemaOf, string, type Pages } from './answer.js';

const number = (args: JsonObject, name: string, usual: number) =>
  (args[name] as number | undefined) ?? usual;
const text = (args: JsonObject, name: string) => (args[name] as string | undefined) ?? '';

const issue = {
  id: 1,
  node_id: 'MDU6SXNzdWUx',
  url: 'https://api.github.com/repos/octocat/Hello-World/issues/1347',
  number: 1347,
  state: 'open',
  title: 'Found a bug',
  body: "I'm having a problem with this.",
  user: { login: 'octocat', id: 1, type: 'User', site_admin: false },
  labels: [{ id: 208045946, name: 'bug', color: 'f29513', default: true }],
  assignee: null,
  comments: 0,
  created_at: '2011-04-22T13:33:48Z',
};
const charge = {
  id: 'ch_3MmlLrLkdIwHu7ix0snN0B15',
  object: 'charge',
  amount: 1099,
  currency: 'usd',
  captured: true,
  billing_details: { address: { city: null, country: null }, email: null, name: null },
  metadata: {},
  paid: true,
  status: 'succeeded',
};
const channel = {
  id: 'C012AB3CD',
  name: 'general',
  is_channel: true,
  created: 1449252889,
  creator: 'U012A3CDE',
  topic: { value: 'Company-wide announcements', creator: '', last_set: 0 },
  num_members: 4,
};
const file = {
  kind: 'drive#file',
  id: '1bFxJ',
  name: 'Quarterly report',
  mimeType: 'application/vnd.google-apps.document',
};
const meeting = { uuid: 'aDYlohsHRtCd4ii1uC2+hA==', id: 1, topic: 'My Meeting', duration: 60 };
const post = {
  id: '1460323737035677698',
  text: 'Introducing a new era for the developer platform!',
  edit_history_tweet_ids: ['1460323737035677698'],
};
const account = { id: 1, name: 'Ada', email: 'ada@example.org', groups: ['/groups/1/'] };
const order = {
  id: 30,
  total: 30.0,
  currency: 'USD',
  status: 'shipped',
  _links: { self: { href: '/orders/123' } },
};
const article = {
  type: 'articles',
  id: '3',
  attributes: { title: 'JSON:API paints my bikeshed!', body: 'The shortest article. Ever.' },
};
const contact = {
  id: '512',
  properties: { email: 'bcooper@biglytics.net', firstname: 'Bryan', lastname: 'Cooper' },
  createdAt: '2019-10-30T03:30:17.883Z',
  archived: false,
};
const task = {
  gid: '12345',
  resource_type: 'task',
  name: 'Bug Task',
  resource_subtype: 'milestone',
};
const record = {
  id: 'rec560UJdUtocSouk',
  createdTime: '2022-09-12T21:03:48.000Z',
  fields: { Address: '333 Post St', Name: 'Union Square', Visited: true },
};
const album = {
  id: '2up3OPMp9Tb4dAKM2erWXQ',
  album_type: 'compilation',
  total_tracks: 9,
  available_markets: ['CA', 'BR', 'IT'],
  artists: [{ name: 'string', type: 'artist' }],
};
const jiraIssue = {
  id: '10002',
  key: 'ED-1',
  fields: { summary: 'Main order flow broken', status: { name: 'In Progress' }, labels: ['ui'] },
};
const employee = { id: 7, firstName: 'Frodo', lastName: 'Baggins', role: 'ring bearer' };
const user = { id: 4, name: 'Taylor', email: 'taylor@example.com', created_at: '2023-01-01' };
const project = {
  id: 4,
  path_with_namespace: 'diaspora/diaspora-client',
  tag_list: ['example'],
  star_count: 0,
};
const ticket = { id: 35436, subject: 'Help, my printer is on fire!', status: 'open', tags: ['x'] };
const repository = { id: 'R_kgDO', name: 'linguist', stargazerCount: 11 };
const function_ = { id: 'fn', FunctionName: 'my-function', Runtime: 'nodejs22.x', MemorySize: 256 };
const batch = { id: 'msgbatch_01', type: 'message_batch', processing_status: 'ended' };
const call = { id: 'CA1', status: 'completed', duration: '15', direction: 'outbound-api' };
const pin = { id: '813744226420795884', title: 'Salad', board_id: '549755885175' };
const page = { id: '59833787', object: 'page', properties: { Name: { type: 'title' } } };
const event = { id: '1', type: 'PushEvent', public: true, repo: { name: 'octocat/Hello-World' } };

const numbered = (name: string) => (index: number) => ({ [name]: `${name}-${index}` });
const ids = (index: number) => ({ id: index + 1000 });
const texts = (index: number) => ({ id: `id-${index}` });

function pages(
  api: string,
  at: string,
  recorded: JsonObject,
  own: (index: number) => JsonObject,
  parameters: Pages['parameters'],
  serve: Pages['serve'],
  count = 90,
): Pages {
  const items = many(count, recorded, own);
  return { api, page: at, parameters, items, itemSchema: schemaOf(recorded), serve };
}

/** The page of a number, counted from `first`. */
function ofNumber(items: readonly JsonObject[], at: number, size: number, first = 1) {
  const begin = (at - first) * size;
  return { shown: items.slice(begin, begin + size), more: begin + size < items.length };
}

/** The items after a position that a cursor stands for. */
function ofCursor(items: readonly JsonObject[], cursor: string, size: number) {
  const begin = cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64').toString().slice(3));
  const end = begin + size;
  const next = end < items.length ? Buffer.from(`at:${end}`).toString('base64') : '';
  return { shown: items.slice(begin, end), next };
}

/** The items after the one with an id. */
function afterId(items: readonly JsonObject[], id: string, size: number) {
  const begin = items.findIndex((item) => item['id'] === id) + 1;
  return { shown: items.slice(begin, begin + size), more: begin + size < items.length };
}

/** Lists of real APIs, each with the way in which its pages follow one another. */
export const paged: readonly Pages[] = [
  pages(
    'GitHub, issues of a repository',
    'https://docs.github.com/en/rest/issues/issues#list-repository-issues',
    issue,
    ids,
    { state: string, per_page: integer, page: integer },
    (items, args) => {
      const [at, size] = [number(args, 'page', 1), number(args, 'per_page', 30)];
      const { shown, more } = ofNumber(items, at, size);
      const next = `<https://api.github.com/repositories/1/issues?per_page=${size}&page=${at + 1}>; rel="next"`;
      return { answer: shown, ...(more && { headers: { link: next } }) };
    },
  ),
  pages(
    'GitHub, public events by Link alone',
    'https://docs.github.com/en/rest/activity/events',
    event,
    texts,
    { page: integer, per_page: { ...integer, default: 30 } },
    (items, args) => {
      const [at, size] = [number(args, 'page', 1), number(args, 'per_page', 30)];
      const { shown, more } = ofNumber(items, at, size);
      const next = `<https://api.github.com/events?page=${at + 1}&per_page=${size}>; rel="next"`;
      return { answer: shown, ...(more && { headers: { link: next } }) };
    },
  ),
  pages(
    'Stripe, charges',
    'https://docs.stripe.com/api/charges/list',
    charge,
    texts,
    { limit: integer, starting_after: string, ending_before: string },
    (items, args) => {
      const { shown, more } = afterId(
        items,
        text(args, 'starting_after'),
        number(args, 'limit', 10),
      );
      return { answer: { object: 'list', url: '/v1/charges', has_more: more, data: shown } };
    },
  ),
  pages(
    'Slack, conversations.list',
    'https://docs.slack.dev/reference/methods/conversations.list',
    channel,
    texts,
    { cursor: string, limit: { ...integer, default: 100 }, types: string },
    (items, args) => {
      const { shown, next } = ofCursor(items, text(args, 'cursor'), number(args, 'limit', 100));
      return { answer: { ok: true, channels: shown, response_metadata: { next_cursor: next } } };
    },
    240,
  ),
  pages(
    'Google Drive, files.list',
    'https://developers.google.com/workspace/drive/api/reference/rest/v3/files/list',
    file,
    texts,
    { pageSize: integer, pageToken: string, q: string },
    (items, args) => {
      const { shown, next } = ofCursor(
        items,
        text(args, 'pageToken'),
        number(args, 'pageSize', 60),
      );
      return {
        answer: { kind: 'drive#fileList', files: shown, ...(next && { nextPageToken: next }) },
      };
    },
    200,
  ),
  pages(
    'Zoom, meetings of a user',
    'https://developers.zoom.us/docs/api/meetings/#tag/meetings/get/users/{userId}/meetings',
    meeting,
    ids,
    { page_size: { ...integer, default: 30 }, next_page_token: string },
    (items, args) => {
      const size = number(args, 'page_size', 30);
      const { shown, next } = ofCursor(items, text(args, 'next_page_token'), size);
      return {
        answer: {
          page_size: size,
          total_records: items.length,
          next_page_token: next,
          meetings: shown,
        },
      };
    },
  ),
  pages(
    'X, posts of a user',
    'https://docs.x.com/x-api/users/get-posts',
    post,
    texts,
    { max_results: { ...integer, minimum: 5, maximum: 100 }, pagination_token: string },
    (items, args) => {
      const size = number(args, 'max_results', 20);
      const { shown, next } = ofCursor(items, text(args, 'pagination_token'), size);
      const meta = {
        result_count: shown.length,
        newest_id: '1',
        ...(next && { next_token: next }),
      };
      return { answer: { data: shown, meta } };
    },
  ),
  pages(
    'Django REST framework, PageNumberPagination',
    'https://www.django-rest-framework.org/api-guide/pagination/#pagenumberpagination',
    account,
    ids,
    { page: integer, page_size: integer },
    (items, args) => {
      const [at, size] = [number(args, 'page', 1), number(args, 'page_size', 25)];
      const { shown, more } = ofNumber(items, at, size);
      const next = `https://api.example.org/accounts/?page=${at + 1}&page_size=${size}`;
      return {
        answer: { count: items.length, next: more ? next : null, previous: null, results: shown },
      };
    },
  ),
  pages(
    'HAL, orders',
    'https://stateless.group/hal_specification.html',
    order,
    ids,
    { page: integer, size: { ...integer, default: 20 } },
    (items, args) => {
      const [at, size] = [number(args, 'page', 1), number(args, 'size', 20)];
      const { shown, more } = ofNumber(items, at, size);
      const next = { href: `/orders?page=${at + 1}&size=${size}` };
      const links = { self: { href: '/orders' }, ...(more && { next }) };
      return { answer: { _links: links, currentlyProcessing: 14, _embedded: { orders: shown } } };
    },
  ),
  pages(
    'JSON:API, articles',
    'https://jsonapi.org/examples/#pagination',
    article,
    texts,
    { 'page[number]': integer, 'page[size]': integer },
    (items, args) => {
      const [at, size] = [number(args, 'page[number]', 1), number(args, 'page[size]', 15)];
      const { shown, more } = ofNumber(items, at, size);
      const next = `http://example.com/articles?page[number]=${at + 1}&page[size]=${size}`;
      const meta = { totalPages: Math.ceil(items.length / size) };
      return { answer: { meta, data: shown, links: { self: 'x', next: more ? next : null } } };
    },
  ),
  pages(
    'HubSpot, contacts',
    'https://developers.hubspot.com/docs/reference/api/crm/objects/contacts',
    contact,
    texts,
    { limit: { ...integer, default: 10 }, after: string },
    (items, args) => {
      const { shown, next } = ofCursor(items, text(args, 'after'), number(args, 'limit', 10));
      const paging = { next: { after: next, link: `?after=${encodeURIComponent(next)}` } };
      return { answer: { results: shown, ...(next && { paging }) } };
    },
  ),
  pages(
    'Asana, tasks',
    'https://developers.asana.com/docs/pagination',
    task,
    numbered('gid'),
    { limit: integer, offset: string },
    (items, args) => {
      const size = number(args, 'limit', 20);
      const { shown, next } = ofCursor(items, text(args, 'offset'), size);
      const path = `/tasks?limit=${size}&offset=${encodeURIComponent(next)}`;
      const uri = `https://app.asana.com/api/1.0${path}`;
      return { answer: { data: shown, next_page: next ? { offset: next, path, uri } : null } };
    },
  ),
  pages(
    'Airtable, records',
    'https://airtable.com/developers/web/api/list-records',
    record,
    texts,
    { pageSize: integer, offset: string, view: string },
    (items, args) => {
      const { shown, next } = ofCursor(items, text(args, 'offset'), number(args, 'pageSize', 100));
      return { answer: { records: shown, ...(next && { offset: next }) } };
    },
    220,
  ),
  pages(
    'Spotify, saved albums',
    'https://developer.spotify.com/documentation/web-api/reference/get-users-saved-albums',
    album,
    texts,
    {
      limit: { ...integer, default: 20, minimum: 1, maximum: 50 },
      offset: { ...integer, default: 0 },
    },
    (items, args) => {
      const [offset, limit] = [number(args, 'offset', 0), number(args, 'limit', 20)];
      const more = offset + limit < items.length;
      const next = `https://api.spotify.com/v1/me/albums?offset=${offset + limit}&limit=${limit}`;
      const shown = items.slice(offset, offset + limit);
      const answer = { href: 'x', items: shown, limit, offset, total: items.length };
      return { answer: { ...answer, next: more ? next : null, previous: null } };
    },
  ),
  pages(
    'Jira, search of issues',
    'https://developer.atlassian.com/cloud/jira/platform/rest/v2/api-group-issue-search/',
    jiraIssue,
    texts,
    { jql: string, startAt: integer, maxResults: { ...integer, default: 50 } },
    (items, args) => {
      const [startAt, maxResults] = [number(args, 'startAt', 0), number(args, 'maxResults', 50)];
      const issues = items.slice(startAt, startAt + maxResults);
      return { answer: { expand: 'names', startAt, maxResults, total: items.length, issues } };
    },
  ),
  pages(
    'Spring Data, a page of employees',
    'https://docs.spring.io/spring-data/rest/reference/paging-and-sorting.html',
    employee,
    ids,
    { page: { ...integer, default: 0 }, size: { ...integer, default: 20 }, sort: string },
    (items, args) => {
      const [at, size] = [number(args, 'page', 0), number(args, 'size', 20)];
      const { shown, more } = ofNumber(items, at, size, 0);
      const totalPages = Math.ceil(items.length / size);
      const sums = { totalElements: items.length, totalPages, size, number: at };
      return { answer: { content: shown, ...sums, first: at === 0, last: !more } };
    },
  ),
  pages(
    'Laravel, a paginated resource',
    'https://laravel.com/docs/12.x/eloquent-resources#pagination',
    user,
    ids,
    { page: integer, per_page: { ...integer, default: 15 } },
    (items, args) => {
      const [at, size] = [number(args, 'page', 1), number(args, 'per_page', 15)];
      const { shown } = ofNumber(items, at, size);
      const last = Math.ceil(items.length / size);
      const meta = {
        current_page: at,
        from: 1,
        last_page: last,
        per_page: size,
        total: items.length,
      };
      return { answer: { data: shown, links: { first: 'x', last: 'x' }, meta } };
    },
  ),
  pages(
    'GitLab, projects by X-Total-Pages',
    'https://docs.gitlab.com/api/rest/#pagination',
    project,
    ids,
    { page: { ...integer, default: 1 }, per_page: { ...integer, default: 20 } },
    (items, args) => {
      const [at, size] = [number(args, 'page', 1), number(args, 'per_page', 20)];
      const { shown } = ofNumber(items, at, size);
      const headers = {
        'x-total': String(items.length),
        'x-total-pages': String(Math.ceil(items.length / size)),
      };
      return { answer: shown, headers };
    },
  ),
  pages(
    'Zendesk, tickets',
    'https://developer.zendesk.com/api-reference/introduction/pagination/',
    ticket,
    ids,
    { 'page[size]': integer, 'page[after]': string },
    (items, args) => {
      const size = number(args, 'page[size]', 40);
      const { shown, next } = ofCursor(items, text(args, 'page[after]'), size);
      const meta = { has_more: next !== '', after_cursor: next || null, before_cursor: null };
      return { answer: { tickets: shown, meta } };
    },
  ),
  pages(
    'Relay connections, repositories',
    'https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api',
    repository,
    texts,
    { first: integer, after: string },
    (items, args) => {
      const { shown, next } = ofCursor(items, text(args, 'after'), number(args, 'first', 50));
      const pageInfo = { hasNextPage: next !== '', endCursor: next || 'end' };
      return { answer: { nodes: shown, pageInfo } };
    },
  ),
  pages(
    'AWS Lambda, functions',
    'https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html',
    function_,
    texts,
    { Marker: string, MaxItems: integer },
    (items, args) => {
      const { shown, next } = ofCursor(items, text(args, 'Marker'), number(args, 'MaxItems', 50));
      return { answer: { Functions: shown, NextMarker: next || null } };
    },
  ),
  pages(
    'Anthropic, message batches',
    'https://docs.claude.com/en/api/listing-message-batches',
    batch,
    texts,
    { after_id: string, before_id: string, limit: { ...integer, default: 20 } },
    (items, args) => {
      const { shown, more } = afterId(items, text(args, 'after_id'), number(args, 'limit', 20));
      const [first, last] = [shown[0]?.['id'] ?? null, shown.at(-1)?.['id'] ?? null];
      return { answer: { data: shown, has_more: more, first_id: first, last_id: last } };
    },
  ),
  pages(
    'Twilio, calls',
    'https://www.twilio.com/docs/usage/twilios-response#pagination',
    call,
    texts,
    { PageSize: { ...integer, default: 50 }, Page: integer, PageToken: string },
    (items, args) => {
      const [at, size] = [number(args, 'Page', 0), number(args, 'PageSize', 50)];
      const { shown, more } = ofNumber(items, at, size, 0);
      const next = `/2010-04-01/Accounts/AC1/Calls.json?PageSize=${size}&Page=${at + 1}&PageToken=PA${at}`;
      return {
        answer: { page: at, page_size: size, calls: shown, next_page_uri: more ? next : null },
      };
    },
  ),
  pages(
    'Pinterest, pins',
    'https://developers.pinterest.com/docs/api/v5/pins-list',
    pin,
    texts,
    { bookmark: string, page_size: { ...integer, default: 25 } },
    (items, args) => {
      const { shown, next } = ofCursor(
        items,
        text(args, 'bookmark'),
        number(args, 'page_size', 25),
      );
      return { answer: { items: shown, bookmark: next || null } };
    },
  ),
  pages(
    'Notion, pages of a data source',
    'https://developers.notion.com/reference/intro#pagination',
    page,
    texts,
    { start_cursor: string, page_size: integer },
    (items, args) => {
      const size = number(args, 'page_size', 60);
      const { shown, next } = ofCursor(items, text(args, 'start_cursor'), size);
      const answer = { object: 'list', results: shown, next_cursor: next || null };
      return { answer: { ...answer, has_more: next !== '' } };
    },
  ),
  pages(
    'SCIM, users, counted from 1',
    'https://datatracker.ietf.org/doc/html/rfc7644#section-3.4.2.4',
    account,
    texts,
    { startIndex: integer, count: integer, filter: string },
    (items, args) => {
      const [at, size] = [number(args, 'startIndex', 1), number(args, 'count', 10)];
      const shown = items.slice(at - 1, at - 1 + size);
      const counts = { totalResults: items.length, itemsPerPage: shown.length, startIndex: at };
      return { answer: { ...counts, Resources: shown } };
    },
    91,
  ),
  pages(
    'SCIM without count',
    'https://datatracker.ietf.org/doc/html/rfc7644#section-3.4.2.4',
    account,
    texts,
    { startIndex: integer },
    (items, args) => {
      const at = number(args, 'startIndex', 1);
      const shown = items.slice(at - 1, at + 29);
      const counts = { totalResults: items.length, itemsPerPage: shown.length, startIndex: at };
      return { answer: { ...counts, Resources: shown } };
    },
    91,
  ),
  pages(
    'Intercom, contacts',
    'https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/pagination-cursor',
    contact,
    texts,
    { per_page: integer, starting_after: string },
    (items, args) => {
      const size = number(args, 'per_page', 50);
      const { shown, next } = ofCursor(items, text(args, 'starting_after'), size);
      const total = Math.ceil(items.length / size);
      const more = { next: { page: 2, starting_after: next } };
      const all = { type: 'pages', page: 1, per_page: size, total_pages: total };
      const found = { type: 'list', data: shown, total_count: items.length };
      return { answer: { ...found, pages: { ...all, ...(next && more) } } };
    },
  ),
  pages(
    'Kubernetes, pods',
    'https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks',
    task,
    numbered('gid'),
    { limit: integer, continue: string, labelSelector: string },
    (items, args) => {
      const { shown, next } = ofCursor(items, text(args, 'continue'), number(args, 'limit', 500));
      const metadata = { resourceVersion: '10245', ...(next && { continue: next }) };
      return { answer: { kind: 'PodList', apiVersion: 'v1', metadata, items: shown } };
    },
  ),
  pages(
    'Auth0, users, with totals',
    'https://auth0.com/docs/api/management/v2/users/get-users',
    user,
    ids,
    {
      page: { ...integer, description: 'Page index of the results to return. First page is 0.' },
      per_page: { ...integer, description: 'Number of results per page.' },
    },
    (items, args) => {
      const [at, size] = [number(args, 'page', 0), number(args, 'per_page', 50)];
      const { shown } = ofNumber(items, at, size, 0);
      const total = { start: at * size, limit: size, length: shown.length, total: items.length };
      return { answer: { ...total, users: shown } };
    },
  ),
  pages(
    'SonarQube, components',
    'https://next.sonarqube.com/sonarqube/web_api/api/components/search',
    project,
    ids,
    { p: { ...integer, default: 1 }, ps: { ...integer, default: 100, maximum: 500 } },
    (items, args) => {
      const [at, size] = [number(args, 'p', 1), number(args, 'ps', 100)];
      const { shown } = ofNumber(items, at, size);
      const paging = { pageIndex: at, pageSize: size, total: items.length };
      return { answer: { paging, components: shown } };
    },
    240,
  ),
  pages(
    'Bitbucket Server, repositories',
    'https://developer.atlassian.com/server/bitbucket/how-tos/command-line-rest/#paging',
    repository,
    texts,
    { start: integer, limit: { ...integer, default: 25 } },
    (items, args) => {
      const [start, limit] = [number(args, 'start', 0), number(args, 'limit', 25)];
      const shown = items.slice(start, start + limit);
      const last = start + limit >= items.length;
      const at = { size: shown.length, limit, isLastPage: last, start };
      return { answer: { ...at, values: shown, nextPageStart: last ? null : start + limit } };
    },
  ),
  pages(
    'Elasticsearch, search by from and size',
    'https://www.elastic.co/docs/reference/elasticsearch/rest-apis/paginate-search-results',
    record,
    texts,
    { from: integer, size: integer, q: string },
    (items, args) => {
      const [from, size] = [number(args, 'from', 0), number(args, 'size', 10)];
      const found = { total: { value: items.length, relation: 'eq' }, max_score: 1 };
      const hits = { ...found, hits: items.slice(from, from + size) };
      return { answer: { took: 5, timed_out: false, hits } };
    },
  ),
  pages(
    'Cloudflare, zones',
    'https://developers.cloudflare.com/fundamentals/api/how-to/make-api-calls/#pagination',
    project,
    ids,
    { page: integer, per_page: integer },
    (items, args) => {
      const [at, size] = [number(args, 'page', 1), number(args, 'per_page', 20)];
      const { shown } = ofNumber(items, at, size);
      const pageCount = Math.ceil(items.length / size);
      const info = { page: at, per_page: size, count: shown.length, total_count: items.length };
      const found = { success: true, errors: [], messages: [], result: shown };
      return { answer: { ...found, result_info: { ...info, total_pages: pageCount } } };
    },
  ),
];
