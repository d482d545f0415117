import { json, type Answer } from './answer.js';

const lines = (count: number, line: (number: number) => string) =>
  Array.from({ length: count }, (_, number) => line(number)).join('\n');

const second = (number: number) => new Date(Date.UTC(2025, 2, 1) + number * 1000).toISOString();

/** Logs, HTML, XML and CSV: text that ends after a line or a sentence. */
export const texts: readonly Answer[] = [
  {
    api: 'Kubernetes, the log of a pod',
    page: 'https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod',
    type: 'text/plain',
    body: lines(
      2000,
      (n) =>
        `${second(n)} stdout F 10.244.0.1 - - "GET /healthz HTTP/1.1" 200 2 "-" "kube-probe/1.27"`,
    ),
    parameters: {
      tailLines: { type: 'integer' },
      sinceSeconds: { type: 'integer' },
      limitBytes: { type: 'integer' },
    },
  },
  {
    api: 'GitHub, the log of a workflow job',
    page: 'https://docs.github.com/en/rest/actions/workflow-jobs#download-job-logs-for-a-workflow-run',
    type: 'text/plain; charset=utf-8',
    body: lines(1500, (n) => `${second(n)} ##[group]Run npm test ${n}`),
  },
  {
    api: 'Loki, streams of lines in JSON',
    page: 'https://grafana.com/docs/loki/latest/reference/loki-http-api/',
    body: JSON.stringify({
      status: 'success',
      data: {
        resultType: 'streams',
        result: [
          {
            stream: { filename: '/var/log/myproject.log', job: 'varlogs', level: 'info' },
            values: Array.from({ length: 900 }, (_, n) => [
              String(1588889221000000 + n),
              'foo bar baz',
            ]),
          },
        ],
      },
    }),
    parameters: {
      limit: { type: 'integer' },
      start: { type: 'string' },
      query: { type: 'string' },
    },
  },
  {
    api: 'OpenAI, events of a fine-tuning job as JSON lines',
    page: 'https://platform.openai.com/docs/api-reference/batch/request-output',
    type: 'application/jsonl',
    body: lines(
      700,
      (n) => `{"custom_id":"request-${n}","response":{"status_code":200},"error":null}`,
    ),
  },
  {
    api: 'example.com, a page',
    page: 'https://developer.mozilla.org/docs/Web/HTML',
    type: 'text/html; charset=UTF-8',
    body: `<!doctype html><html><head><title>Example</title></head><body>\n${lines(900, (n) => `<p>This domain is for use in documentation examples ${n}.</p>`)}\n</body></html>`,
  },
  {
    api: 'Wikipedia, a page as HTML in one line',
    page: 'https://en.wikipedia.org/api/rest_v1/#/Page%20content/get_page_html__title_',
    type: 'text/html',
    body: `<section>${'<p id="mwAg"><b>Earth</b> is the third planet from the Sun. </p>'.repeat(1500)}</section>`,
  },
  {
    api: 'A proxy, its page for a gateway that failed',
    page: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#error_page',
    type: 'text/html',
    status: 502,
    body: `<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n${'<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n'.repeat(200)}</body>\r\n</html>`,
  },
  {
    api: 'USGS, earthquakes as CSV',
    page: 'https://earthquake.usgs.gov/fdsnws/event/1/',
    type: 'text/csv',
    body: `time,latitude,longitude,depth,mag,place\n${lines(1200, (n) => `${second(n)},35.69,-117.51,2.${n},1.3,"12 km ""ENE"" of Ridgecrest, CA"`)}\n`,
    parameters: {
      limit: { type: 'integer' },
      offset: { type: 'integer' },
      starttime: { type: 'string' },
    },
  },
  {
    api: 'World Bank, an indicator with semicolons',
    page: 'https://datahelpdesk.worldbank.org/knowledgebase/articles/898581',
    type: 'text/csv; charset=utf-8',
    body: `\ufeffCountry;Code;Year;Value\r\n${lines(1500, (n) => `Österreich;AUT;${1960 + (n % 60)};${n * 1.5}`)}`,
  },
  {
    api: 'FRED, a table in one very long line',
    page: 'https://fred.stlouisfed.org/docs/api/fred/series_observations.html',
    type: 'text/csv',
    body: Array.from({ length: 9000 }, (_, n) => `${n}.25`).join(','),
  },
  {
    api: 'Amazon S3, objects of a bucket in XML',
    page: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html',
    type: 'application/xml',
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name>\n${lines(600, (n) => `<Contents><Key>my-image-${n}.jpg</Key><Size>434234</Size></Contents>`)}\n</ListBucketResult>`,
  },
];

const message = 'The request could not be understood by the server due to malformed syntax. ';

/** Failures, and answers with little or nothing in them. */
export const small: readonly Answer[] = [
  {
    api: 'GitHub, a deleted reference: 204',
    page: 'https://docs.github.com/en/rest/git/refs#delete-a-reference',
    status: 204,
    body: '',
  },
  json('GitHub, no issues', 'https://docs.github.com/en/rest/issues/issues', []),
  json('Elasticsearch, an empty object', 'https://www.elastic.co/docs/api', {}),
  {
    api: 'A search without a hit: null',
    page: 'https://www.rfc-editor.org/rfc/rfc8259#section-3',
    body: 'null',
    schema: { type: 'object' },
  },
  json(
    'Slack, a failure that is a success',
    'https://docs.slack.dev/apis/web-api/#slack-web-api__evaluating-responses',
    {
      ok: false,
      error: 'missing_scope',
      needed: 'channels:read',
    },
  ),
  json(
    'RFC 9457, a problem with 800 details',
    'https://www.rfc-editor.org/rfc/rfc9457#section-3',
    {
      type: 'https://example.net/validation-error',
      title: 'Your request is not valid.',
      errors: Array.from({ length: 800 }, (_, n) => ({
        detail: 'must be a positive integer',
        pointer: `#/ages/${n}`,
      })),
    },
    { status: 422, type: 'application/problem+json' },
  ),
  json(
    'Stripe, a card that was declined',
    'https://docs.stripe.com/api/errors',
    {
      error: {
        code: 'card_declined',
        decline_code: 'generic_decline',
        message: message.repeat(80),
      },
    },
    { status: 402 },
  ),
  json(
    'Google, an error with details in lists',
    'https://cloud.google.com/apis/design/errors#error_model',
    {
      error: {
        code: 400,
        status: 'INVALID_ARGUMENT',
        message: 'Request contains an invalid argument.',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.BadRequest',
            fieldViolations: Array.from({ length: 300 }, (_, n) => ({
              field: `items[${n}]`,
              description: message,
            })),
          },
        ],
      },
    },
    { status: 400 },
  ),
  {
    api: 'A stack trace as plain text: 500',
    page: 'https://docs.djangoproject.com/en/stable/howto/error-reporting/',
    status: 500,
    type: 'text/plain',
    body: lines(400, (n) => `  File "/app/views.py", line ${n}, in get_response`),
  },
  {
    api: 'JSON that broke off',
    page: 'https://www.rfc-editor.org/rfc/rfc8259',
    type: 'application/json',
    body: `[${'{"id":1,"name":"a"},'.repeat(900)}`,
  },
];
