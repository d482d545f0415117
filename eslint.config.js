import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The stages of the pipeline: none imports a value of another; each may import its predecessor's types. */
const stages = {
  load: [],
  plan: ['load'],
  emit: ['plan'],
};

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
        group: ['**/cli.js', '**/generate.js', '**/write.js', '**/write/**', '**/commands/**'],
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
  'messages',
  'net',
  'variables',
];
const above = ['announce', 'customize', 'mcp', 'run', 'sdk', 'serve', 'settings'];

/** The runtime imports itself in one direction, and node, the MCP SDK, jose and undici; never `src`. */
function runtimeRules() {
  const runtime = 'templates/src/runtime';
  const outside = {
    regex: String.raw`^(?!\.{1,2}/|node:|jose$|undici$|@modelcontextprotocol/)|generated/|/main\.js$|/src/`,
    message: 'The runtime imports itself, node, the MCP SDK, jose and undici.',
  };
  const upwards = (from) => ({
    regex: String.raw`^${from}/(${above.join('|')})\.js$`,
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
    forbid([`${runtime}/api.ts`], {
      regex: '.',
      message: 'api.ts is the contract; it imports nothing.',
    }),
  ];
}

/** What only one command needs, by the folders that it is in; they do not know one another. */
const commandFolders = ['init', 'dev', 'doctor', 'client', 'completion'];

function commandFolderRules() {
  return commandFolders.map((folder) =>
    forbid(
      [`src/${folder}/**/*.ts`],
      {
        group: ['**/cli.js'],
        message: 'A command calls the stages; nothing imports cli.ts.',
      },
      {
        regex: String.raw`^(\.\./)+(${commandFolders.filter((other) => other !== folder).join('|')})/`,
        message: `src/${folder} is for one command: what others need too is in src/oauth or src/net.`,
      },
    ),
  );
}

/** What several commands need of the network knows none of them. */
function netRules() {
  return forbid(['src/oauth/*.ts', 'src/net/*.ts'], {
    regex: String.raw`^\.\./(?!errors\.js$|net/|oauth/|\.\./templates/)`,
    message: 'src/oauth and src/net know errors.ts, the runtime and one another.',
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
    plugins: { 'import-x': importX },
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: ['templates/src/main.ts', 'templates/src/test/*.ts', 'bin/*.js'],
        },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    settings: {
      'import-x/resolver-next': [
        importX.createNodeResolver({
          extensions: ['.ts', '.js'],
          extensionAlias: { '.js': ['.ts', '.js'] },
        }),
      ],
    },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'off',
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
    files: ['**/*.js', 'templates/src/main.ts', 'templates/src/test/*.ts'],
    ...tseslint.configs.disableTypeChecked,
  },
  {
    files: ['fixtures/todo/deployment/page/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
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
    ['src/write.ts', 'src/write/*.ts', 'src/lock/lock.ts', 'src/lock/parse-lock.ts'],
    {
      group: ['**/load/**', '**/plan/**', '**/cli.js', '**/generate.js', '**/templates/**'],
      message: 'write knows files only.',
    },
    {
      group: ['**/emit/**'],
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
        '**/write.js',
        '**/write/**',
        '**/commands/**',
      ],
      message: 'diff compares two values of one type; where they come from it need not know.',
    },
    {
      group: ['**/plan/**'],
      message: 'diff may import types of plan only.',
      allowTypeImports: true,
    },
  ),
  forbid(['src/generate.ts', 'src/lock/with-lock.ts'], {
    group: ['**/cli.js', '**/write.js', '**/write/**', '**/commands/**'],
    message: 'generate.ts imports the stages.',
  }),
  forbid(['src/commands/**/*.ts'], { group: ['**/cli.js'], message: 'Nothing imports cli.ts.' }),
  ...commandFolderRules(),
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
      ],
    },
  },
);
