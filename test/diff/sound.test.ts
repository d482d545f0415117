import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/diff/change.js';
import type { Tool } from '../../templates/src/runtime/api.js';
import { severityOf } from '../../src/diff/codes.js';
import { createComparison } from '../../src/diff/schema/compare.js';
import type { Json, JsonObject } from '../../src/json.js';
import { arbitrarySchema, arbitraryValue, changedSchema } from './arbitrary-schemas.js';

// More with DIFF_RUNS, in a night; the seed of a failure is in its message.
const runs = Number(process.env['DIFF_RUNS'] ?? 150);
const patience = runs * 2000;

/** Two schemas with what they refer to, of which the second is the first with a change somewhere. */
const change = fc
  .record({
    before: arbitrarySchema,
    r: arbitrarySchema,
    s: arbitrarySchema,
    part: arbitrarySchema,
    at: fc.nat(),
    isAdded: fc.boolean(),
    isBehindReference: fc.boolean(),
  })
  .map(({ before, r, s, part, at, isAdded, isBehindReference }) => {
    const changed = (schema: Json, is: boolean) =>
      is ? changedSchema(schema, part, at, isAdded) : schema;
    return {
      before,
      after: changed(before, !isBehindReference),
      definitions: { r, s },
      newDefinitions: { r: changed(r, isBehindReference), s },
    };
  });

describe('createComparison', () => {
  it(
    'finds a change breaking when a value was taken that no longer is',
    () => {
      let examined = 0;
      fc.assert(
        fc.property(
          change,
          fc.array(arbitraryValue, { minLength: 30, maxLength: 60 }),
          ({ before, after, definitions, newDefinitions }, values) => {
            const [takes, takesNow] = validators(
              { v: before, $defs: definitions },
              { v: after, $defs: newDefinitions },
            );
            const refused = values.find(
              (value) => takes(value) === true && takesNow(value) === false,
            );
            if (refused === undefined) return;
            examined += 1;
            const findings = createComparison(definitions, newDefinitions)(before, after, 'v');
            expect(findings.some(isToldOf), JSON.stringify({ refused, findings })).toBe(true);
          },
        ),
        { numRuns: runs },
      );
      expect(examined).toBeGreaterThan(runs / 20);
    },
    patience,
  );

  it(
    'finds nothing where there is no change',
    () => {
      fc.assert(
        fc.property(arbitrarySchema, arbitrarySchema, arbitrarySchema, (schema, r, s) => {
          const [definitions, same] = [{ r, s }, structuredClone({ r, s })];
          const compare = createComparison(definitions, same);
          expect(compare(schema, structuredClone(schema), 'v')).toEqual([]);
        }),
        { numRuns: runs },
      );
    },
    patience,
  );
});

/** That a property is new is compatible, though objects took it before, whatever it was. */
function isToldOf({ code }: Finding): boolean {
  return severityOf(code) === 'breaking' || code === 'PROPERTY_ADDED';
}

/**
 * As with `oneOf`, a change that only lets in more may refuse a value: members that it no longer describes become
 * unevaluated. So a schema with `unevaluated` is only compared if it changed itself.
 */
function validators(before: Described, after: Described) {
  const isSame = isDeepStrictEqual(unevaluated(before), unevaluated(after));
  return [before, after].map((one) => validator(isSame ? (opened(one) as Described) : one)) as [
    Takes,
    Takes,
  ];
}

type Described = JsonObject & { readonly v: Json; readonly $defs: JsonObject };

/** The values of the keywords that begin with `unevaluated`, wherever they are. */
function unevaluated(value: Json): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key.startsWith('unevaluated') ? [part] : unevaluated(part),
  );
}

/** The same without those keywords. */
function opened(value: Json): Json {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !key.startsWith('unevaluated'));
  return Object.fromEntries(kept.map(([key, part]) => [key, opened(part)]));
}

type Takes = (value: Json) => boolean | undefined;

/** Undefined: the validator gives up, on references that only lead to each other. */
function validator({ v, $defs }: Described): Takes {
  const whole: Tool['inputSchema'] = { type: 'object', properties: { v }, $defs };
  try {
    const validate = new AjvJsonSchemaValidator().getValidator(whole);
    return (value) => {
      try {
        return validate({ v: value }).valid;
      } catch {
        return undefined;
      }
    };
  } catch {
    return () => undefined;
  }
}
