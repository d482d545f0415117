import type { Parameter, RequestShape, Tool } from '../../templates/src/runtime/api.js';
import type { Finding } from './change.js';
import { compareRequirements } from './compare-requirements.js';
import { identityOf } from './pair-tools.js';
import { changedDefault } from './schema/notes.js';
import { shorten } from './show.js';

type Compare = (before: RequestShape, after: RequestShape) => Finding[];

const nothing: Compare = () => [];

/** A new member of the contract must be compared here, or excluded on purpose. */
const members: Readonly<Record<keyof Required<RequestShape>, Compare>> = {
  method: compareOperations,
  path: nothing,
  server: compareServers,
  parameters: compareParameters,
  // Reported with the schema of the argument that carries it.
  body: nothing,
  // Results contain more or less of the API's response.
  responseHeaders: nothing,
  accept: compareAccept,
  security: (before, after) => compareRequirements(before.security, after.security),
};

/** Changes of the request that a tool makes from its arguments. */
export function compareRequests(before: Tool, after: Tool): Finding[] {
  return Object.values(members).flatMap((compare) => compare(before.request, after.request));
}

function compareOperations(before: RequestShape, after: RequestShape): Finding[] {
  if (identityOf(before) === identityOf(after)) return [];
  const texts = { before: textOf(before), after: textOf(after) };
  const message = `Now calls ${texts.after} instead of ${texts.before}.`;
  return [{ code: 'OPERATION_CHANGED', message, ...texts }];
}

function textOf({ method, path }: RequestShape): string {
  return shorten(`${method} ${path}`);
}

function compareServers(before: RequestShape, after: RequestShape): Finding[] {
  if (before.server === after.server) return [];
  const text = (server = "the API's base URL") => shorten(server, 200);
  const texts = { before: text(before.server), after: text(after.server) };
  const message = `Requests now go to ${texts.after} instead of ${texts.before}.`;
  return [{ code: 'OPERATION_SERVER_CHANGED', place: 'server', message, ...texts }];
}

function compareAccept(before: RequestShape, after: RequestShape): Finding[] {
  if (before.accept === after.accept) return [];
  const text = (accept = 'any media type') => shorten(accept);
  const texts = { before: text(before.accept), after: text(after.accept) };
  const message = `Now requests ${texts.after} instead of ${texts.before}.`;
  return [{ code: 'ACCEPT_CHANGED', place: 'accept', message, ...texts }];
}

/** Callers do not see how an argument is sent. */
function compareParameters(before: RequestShape, after: RequestShape): Finding[] {
  const argumentOf = ({ argument, name }: Parameter) => argument ?? name;
  const known = new Map((before.parameters ?? []).map((one) => [argumentOf(one), one]));
  return (after.parameters ?? []).flatMap((has) => {
    const had = known.get(argumentOf(has));
    return had === undefined ? [] : compareParameter(argumentOf(has), had, has);
  });
}

function compareParameter(place: string, had: Parameter, has: Parameter): Finding[] {
  const { default: oldDefault, ...oldShape } = had;
  const { default: newDefault, ...newShape } = has;
  const [before, after] = [wireOf(oldShape), wireOf(newShape)];
  const message = `The argument ${shorten(place)} is now sent as ${after} instead of ${before}.`;
  return [
    ...(before === after
      ? []
      : [{ code: 'REQUEST_CHANGED' as const, place, message, before, after }]),
    ...(JSON.stringify(oldDefault) === JSON.stringify(newDefault)
      ? []
      : [changedDefault(oldDefault, newDefault, place)]),
  ];
}

function wireOf({ in: where, name, argument: _, ...notation }: Omit<Parameter, 'default'>): string {
  const notes = Object.entries(notation).map(([key, value]) => `, ${key} ${value}`);
  return shorten(`${where} ${name}${notes.join('')}`);
}
