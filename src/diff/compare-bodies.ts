import { isDeepStrictEqual } from 'node:util';
import { array, object, type Json } from '../json.js';
import type { Body } from '../../templates/src/runtime/api.js';
import type { Finding } from './change.js';
import type { CompareSchemas } from './schema/compare.js';
import { shorten } from './show.js';

/** The body of a request, and the schema of the argument that carries it. */
interface DescribedBody {
  readonly shape: Body | undefined;
  readonly schema: Json | undefined;
}

/** Changes of a body that both requests have, by media type. */
export function compareBodies(
  before: DescribedBody,
  after: DescribedBody,
  compare: CompareSchemas,
): Finding[] {
  const [had, has] = [mediaOf(before), mediaOf(after)];
  if (had.length === 0 || has.length === 0) return [];
  const isIn = (media: readonly Media[], { type }: Media) =>
    media.some((other) => other.type === type);
  const common = had.flatMap((media) => {
    const same = has.find(({ type }) => type === media.type);
    return same === undefined ? [] : [[media, same] as const];
  });
  // The argument is the same one for every media type.
  const pairs =
    common.length > 0 ? common : had.slice(0, 1).map((media) => [media, ...has] as const);
  return [
    ...had.filter((media) => !isIn(has, media)).map(({ type }) => removal(type)),
    ...has.filter((media) => !isIn(had, media)).map(({ type }) => addition(type)),
    ...pairs.flatMap(([a, b]) => (b === undefined ? [] : compare(a.schema, b.schema, 'body'))),
    ...common.flatMap(([a, b]) => compareShapes(a, b)),
  ];
}

interface Media {
  readonly type: string;
  readonly schema: Json;
  readonly shape: Omit<Body, 'mediaType' | 'others'>;
}

function mediaOf({ shape, schema }: DescribedBody): Media[] {
  if (shape === undefined || schema === undefined) return [];
  const { others = [], hasPartHeaders: _, ...first } = shape;
  const bodies = [first, ...others];
  const schemas = alternativesOf(
    schema,
    bodies.map(({ mediaType }) => mediaType),
  );
  return bodies.map(({ mediaType, ...rest }, index) => ({
    type: mediaType,
    schema: schemas?.[index] ?? schema,
    shape: rest,
  }));
}

/** The schema of each media type if they differ: the plan then has titled alternatives. */
function alternativesOf(schema: Json, types: readonly string[]): Json[] | undefined {
  const { anyOf, description } = object(schema);
  const alternatives = array(anyOf);
  const isTitled =
    alternatives.length === types.length &&
    alternatives.every((one, index) => object(one)['title'] === types[index]);
  if (!isTitled || types.length < 2) return undefined;
  return alternatives.map((one) => {
    const { title: _, ...rest } = object(one);
    return description === undefined ? rest : { description, ...rest };
  });
}

function removal(type: string): Finding {
  const message = `The body can no longer be ${shorten(type)}.`;
  return { code: 'MEDIA_TYPE_REMOVED', place: 'body', message, before: shorten(type) };
}

function addition(type: string): Finding {
  const message = `The body can now be ${shorten(type)}.`;
  return { code: 'MEDIA_TYPE_ADDED', place: 'body', message, after: shorten(type) };
}

function compareShapes(before: Media, after: Media): Finding[] {
  if (isDeepStrictEqual(before.shape, after.shape)) return [];
  const message = `The parts of a body of ${shorten(after.type)} are encoded differently.`;
  return [{ code: 'REQUEST_CHANGED', place: 'body', message }];
}
