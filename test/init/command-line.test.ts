import { describe, expect, it } from 'vitest';
import { formatCommand, generateWords } from '../../src/commands/init/command-line.js';

const document = {
  openapi: {},
  source: 'my api.yaml',
  overlays: ['o.yaml'],
  hash: '',
  warnings: [],
};

describe('the generate command of a wizard', () => {
  it('has every flag, quoted for a shell, and no secret', () => {
    const flags = {
      url: 'ignored',
      allowPrivate: true,
      header: ['Authorization: Bearer s3cret'],
      include: ['tag:a b', 'GET /pets/{id}'],
      oauthServer: 'https://auth.example.com',
      output: './$x',
      strict: true,
      force: true,
    };
    expect(formatCommand(generateWords(document, flags, ['openapi-to-mcp']))).toBe(
      [
        'openapi-to-mcp generate',
        '--url "my api.yaml"',
        '--overlay o.yaml',
        '--oauth-server https://auth.example.com',
        '--include "tag:a b"',
        '--include "GET /pets/{id}"',
        '--allow-private',
        '--header "Authorization: …"',
        "--output './$x'",
        '--strict',
        '--force',
      ].join(' \\\n  '),
    );
  });

  it('is one line where it fits', () => {
    const bare = { ...document, source: 'a.yaml', overlays: [] };
    const program = ['npx', '-y', 'cli'];
    expect(formatCommand(generateWords(bare, { auth: 'none' }, program))).toBe(
      'npx -y cli generate --url a.yaml --auth none',
    );
  });
});
