import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/load/document.js';
import { planPaths } from './helpers.js';

const securitySchemes = {
  key: { type: 'apiKey', in: 'header', name: 'X-Key', description: 'From the console.' },
  basic: { type: 'http', scheme: 'basic' },
  digest: { type: 'http', scheme: 'digest' },
  user: { type: 'oauth2', flows: { authorizationCode: { tokenUrl: 'https://a.example/t' } } },
  machine: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: 'https://a.example/t' } } },
  oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://a.example/d' },
};

/** The notes for operations with these requirements; `undefined` for an operation without any. */
function noted(securities: readonly (JsonObject[] | undefined)[], rest: JsonObject = {}) {
  const paths = Object.fromEntries(
    securities.map((security, index) => [
      `/${index}`,
      { get: { operationId: `op${index}`, ...(security !== undefined && { security }) } },
    ]),
  );
  return planPaths(paths, { components: { securitySchemes }, ...rest }).upstream;
}

/** The names of the schemes that are needed, and those of the others. */
function needs(...securities: JsonObject[][]) {
  const { schemes } = noted(securities);
  const names = (needed: boolean) =>
    schemes.filter((found) => found.needed === needed).map(({ name }) => name);
  return [names(true), names(false)];
}

describe('needed schemes', () => {
  it.each<[string, JsonObject[][], string[], string[]]>([
    ['all schemes of one requirement', [[{ key: [], basic: [] }]], ['basic', 'key'], []],
    ['the first alternative', [[{ key: [] }, { basic: [] }]], ['key'], ['basic']],
    ['the first one without a user', [[{ user: [] }, { key: [] }]], ['key'], ['user']],
    ['a client before a user', [[{ oidc: [] }, { machine: [] }]], ['machine'], ['oidc']],
    [
      'the one that another tool needs anyway',
      [[{ key: [] }, { user: [] }], [{ user: [] }]],
      ['user'],
      ['key'],
    ],
    ['no optional one', [[{}, { key: [] }]], [], ['key']],
    ['one that can be satisfied', [[{ digest: [] }, { basic: [] }]], ['basic'], []],
  ])('are %s', (_, securities, needed, others) => {
    expect(needs(...securities)).toEqual([needed, others]);
  });

  it('do not depend on the order of operations', () => {
    const securities: JsonObject[][] = [
      [{ key: [] }, { basic: [] }],
      [{ basic: [] }],
      [{ user: [] }, { key: [] }],
    ];
    expect(needs(...securities)).toEqual(needs(...securities.toReversed()));
  });
});

describe('notes', () => {
  it('have the document’s descriptions of the used schemes only', () => {
    const { asked, schemes, others } = noted([[{ key: [] }], [{ machine: ['x'] }]]);
    expect([asked, others]).toEqual(['some', []]);
    expect(schemes).toEqual([
      {
        name: 'key',
        scheme: { type: 'apiKey', in: 'header', name: 'X-Key', variable: 'UPSTREAM_API_KEY' },
        needed: true,
        clientCredentials: false,
        description: 'From the console.',
      },
      {
        name: 'machine',
        scheme: { type: 'oauth2', tokenUrl: 'https://a.example/t' },
        needed: true,
        clientCredentials: true,
      },
    ]);
  });

  it('are those of tools, not of skipped operations', () => {
    const paths = {
      '/a': { get: { operationId: 'a', security: [{ key: [] }] } },
      '/b': { get: { operationId: 'b', security: [{ basic: [] }] } },
    };
    const { upstream } = planPaths(paths, { components: { securitySchemes } }, { exclude: ['b'] });
    expect(upstream.schemes.map(({ name }) => name)).toEqual(['key']);
  });

  it('include schemes that no variable satisfies', () => {
    expect(noted([[{ digest: [] }], [{ missing: [] }, { constructor: [] }]]).others).toEqual([
      'constructor',
      'digest',
      'missing',
    ]);
  });

  it('distinguish a document without requirements from one that requires nothing', () => {
    expect(noted([[]])).toMatchObject({ asked: 'none', schemes: [] });
    expect(noted([[{}], []])).toMatchObject({ asked: 'none', schemes: [] });
    expect(noted([undefined, []], { components: {} })).toMatchObject({
      asked: 'unsaid',
      schemes: [],
    });
    const { asked, schemes } = noted([undefined]);
    expect([asked, schemes.length, schemes.filter(({ needed }) => needed)]).toEqual([
      'unsaid',
      5,
      [],
    ]);
  });

  it('describe server variables', () => {
    const servers: JsonObject[] = [
      { url: 'https://{a}.example', variables: { a: { description: 'A' }, b: {} } },
      { url: 'https://{c}.example', variables: { c: { description: 'C' } } },
    ];
    expect(noted([[]], { servers }).serverVariables).toEqual({ a: 'A' });
  });
});
