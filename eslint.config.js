import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** The stages of the pipeline: none imports a value of another; each may import its predecessor's types. */
const stages = {
  load: [],
  plan: ['load'],
  emit: ['plan'],
};

/** What is built on the stages. */
const above = [
  ...['**/cli.js', '**/generate.js', '**/write/**', '**/commands/**'],
  ...['**/project/*.js', '**/print/**'],
];

/** Forbids imports that match; with `types`, type-only imports of them stay allowed. */
function forbid(files, ...patterns) {
  return {
    files,
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
}

function stageRules() {
  const names = Object.keys(stages);
  return names.map((stage) => {
    const others = names.filter((name) => name !== stage);
    const typesOnly = stages[stage];
    const never = others.filter((name) => !typesOnly.includes(name));
    const patterns = [
      {
        group: above,
        message: `src/${stage} is a stage: it is called, it calls nobody.`,
      },
      ...never.map((name) => ({
        group: [`**/${name}/**`],
        message: `src/${stage} must not know src/${name}.`,
      })),
      ...typesOnly.map((name) => ({
        group: [`**/${name}/**`],
        message: `src/${stage} may import types of src/${name} only.`,
        allowTypeImports: true,
      })),
    ];
    return forbid([`src/${stage}/**/*.ts`], ...patterns);
  });
}

/** The files of the runtime that its folders are built on, and those that are built on the folders. */
const shared = [
  'api',
  'audit',
  'caller',
  'client',
  'environment',
  'http',
  'limits',
  'media',
  'messages',
  'outgoing',
  'spans',
  'telemetry',
  'text',
  'variables',
];
const aboveFolders = [
  ...['announce', 'answer', 'customize', 'mcp', 'node-http', 'run', 'serve', 'settings'],
  ...['worker', 'worker-settings'],
];

const unreliable = {
  object: 'URL',
  property: 'canParse',
  message: 'Node 20 and 22 refuse some valid hosts there: use parseUrl of text.ts.',
};

/** The runtime imports itself in one direction, and node, the MCP SDK, jose, undici and OpenTelemetry's API; never `src`. */
function runtimeRules() {
  const runtime = 'templates/src/runtime';
  const onlyOwn = (...more) => ({
    regex: String.raw`^(?!\.{1,2}/|jose$|@modelcontextprotocol/|@opentelemetry/api$|${more.join('|')})|generated/|/main\.js$|/src/`,
    message:
      'The runtime imports itself, node:crypto, the MCP SDK, jose and the API of OpenTelemetry; adapters, their platform.',
  });
  const outside = onlyOwn('node:crypto$');
  const upwards = (from) => ({
    regex: String.raw`^${from}/(${aboveFolders.join('|')})\.js$`,
    message: 'This file is above the folders and the shared files.',
  });
  const folders = {
    regex: String.raw`^\./(oauth|upstream|credentials)/`,
    message: 'The folders are built on the shared files, not the reverse.',
  };
  const apart = (other) => ({
    group: [`../${other}/*`],
    message: 'upstream is above credentials; oauth is apart from both.',
  });
  const folder = (name, ...others) =>
    forbid([`${runtime}/${name}/*.ts`], outside, upwards(String.raw`\.\.`), ...others.map(apart));
  return [
    forbid([`${runtime}/*.ts`], outside),
    forbid(
      shared.map((name) => `${runtime}/${name}.ts`),
      outside,
      upwards(String.raw`\.`),
      folders,
    ),
    folder('oauth', 'upstream', 'credentials'),
    folder('upstream', 'oauth'),
    folder('credentials', 'oauth', 'upstream'),
    forbid(
      ['fetch-public', 'net', 'platform'].map((name) => `${runtime}/${name}.ts`),
      onlyOwn('node:', 'undici$'),
      upwards(String.raw`\.`),
      folders,
    ),
    forbid(
      ['node-http', 'run', 'serve'].map((name) => `${runtime}/${name}.ts`),
      onlyOwn('node:'),
    ),
    forbid(
      ['net', 'platform'].map((name) => `${runtime}/${name}.workers.ts`),
      onlyOwn('cloudflare:workers$'),
      upwards(String.raw`\.`),
      folders,
    ),
    forbid([`${runtime}/api.ts`], {
      regex: '.',
      message: 'api.ts is the contract; it imports nothing.',
    }),
  ];
}

/** The commands that have a folder; the others are a file. None knows another one. */
const commandFolders = ['add', 'call', 'completion', 'dev', 'doctor', 'init', 'login', 'publish'];
const commandFiles = ['diff', 'generate', 'inspect', 'validate'];

function commandRules() {
  const folders = commandFolders.map((folder) =>
    forbid(
      [`src/commands/${folder}/**/*.ts`],
      cliIsLast,
      {
        regex: String.raw`^(\.\./)+(commands/)?(${commandFolders.filter((other) => other !== folder).join('|')})/`,
        message: apart,
      },
      { regex: String.raw`^(\.\./)+(${commandFiles.join('|')}|program)\.js$`, message: apart },
    ),
  );
  const files = forbid(
    commandFiles.map((name) => `src/commands/${name}.ts`),
    cliIsLast,
    { regex: String.raw`^\./`, message: apart },
  );
  return [...folders, files];
}

const cliIsLast = { group: ['**/cli.js'], message: 'Nothing imports cli.ts.' };
const apart =
  'Commands do not know one another: what they share is in src/project, src/print or src/net.';

/** What commands share knows none of them; what they print with knows less than what they do to a project. */
function sharedRules() {
  const commands = {
    group: ['**/commands/**', '**/cli.js'],
    message: 'Commands are built on this.',
  };
  return [
    forbid(['src/project/*.ts'], commands),
    forbid(['src/print/*.ts'], commands, {
      group: ['**/project/*.js', '**/write/**', '**/load/**'],
      message: 'src/print turns values into text.',
    }),
  ];
}

/** What several commands need of the network knows none of them. */
function netRules() {
  return forbid(['src/net/*.ts'], {
    regex: String.raw`^\.\./(?!errors\.js$|json\.js$|\.\./templates/)`,
    message: 'src/net knows errors.ts, json.ts and the runtime.',
  });
}

export default defineConfig(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'coverage/',
      '.corpus/',
      'fixtures/*/expected/',
      'fixtures/*/input*',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: [
            'templates/src/main.ts',
            'templates/src/main.workers.ts',
            'templates/src/test/*.ts',
            'bin/*.js',
          ],
        },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: [
      '**/*.js',
      'templates/src/main.ts',
      'templates/src/main.workers.ts',
      'templates/src/test/*.ts',
    ],
    ...tseslint.configs.disableTypeChecked,
  },
  {
    files: ['fixtures/todo/deployment/page/*.js', 'pages/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'addEventListener',
          'document',
          'location',
          'history',
          'sessionStorage',
          'fetch',
          'crypto',
          'btoa',
          'URL',
          'URLSearchParams',
          'TextEncoder',
          'FormData',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/cli.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'Only src/cli.ts knows the process.' },
        { name: 'console', message: 'Only src/cli.ts knows the console.' },
      ],
    },
  },
  ...stageRules(),
  forbid(
    ['src/write/*.ts', 'src/lock/*.ts'],
    {
      group: [
        ...['**/load/**', '**/plan/**', '**/templates/**', '**/commands/**'],
        ...['**/cli.js', '**/generate.js', '**/project/*.js', '**/print/**'],
      ],
      message: 'write knows files only.',
    },
    {
      // The lock is printed as emit prints: a reviewer sees every character.
      regex: String.raw`/emit/(?!print\.js$)`,
      message: 'write may import types of emit only.',
      allowTypeImports: true,
    },
  ),
  forbid(
    ['src/diff/**/*.ts'],
    {
      group: [
        '**/load/**',
        '**/emit/**',
        '**/cli.js',
        '**/generate.js',
        '**/write/**',
        '**/commands/**',
        '**/print/**',
      ],
      message: 'diff compares two values of one type; where they come from it need not know.',
    },
    { regex: String.raw`^\.\./project/`, message: 'src/project is built on diff.' },
    {
      group: ['**/plan/**'],
      message: 'diff may import types of plan only.',
      allowTypeImports: true,
    },
  ),
  forbid(['src/generate.ts'], {
    group: ['**/cli.js', '**/write/**', '**/commands/**', '**/project/*.js', '**/print/**'],
    message: 'generate.ts imports the stages.',
  }),
  forbid(['src/commands/program.ts'], cliIsLast),
  ...commandRules(),
  ...sharedRules(),
  netRules(),
  ...runtimeRules(),
  {
    files: ['templates/src/runtime/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'console', message: 'stdout belongs to the protocol; use audit.ts.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only main.ts reads the environment.' },
        unreliable,
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'no-restricted-properties': ['error', unreliable] },
  },
  {
    files: ['templates/src/runtime/text.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // Its log is the console.
    files: ['templates/src/runtime/worker.ts'],
    rules: { 'no-restricted-globals': 'off' },
  },
);
