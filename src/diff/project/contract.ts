import { isObject, own } from '../../json.js';
import type {
  Api,
  Body,
  Parameter,
  RequestShape,
  SecurityScheme,
  ServerVariable,
  Tool,
} from '../../../templates/src/runtime/api.js';

/** The union of the member names of a union's members. */
export type KeyOf<T> = T extends unknown ? keyof T : never;

/** The place of the first member that violates the contract of generator and runtime; undefined: none. */
export type Check = (value: unknown, place: string) => string | undefined;

const text: Check = (value, place) => (typeof value === 'string' ? undefined : place);
const truth: Check = (value, place) => (typeof value === 'boolean' ? undefined : place);
const anything: Check = () => undefined;

function optional(check: Check): Check {
  return (value, place) => (value === undefined ? undefined : check(value, place));
}

function listOf(check: Check): Check {
  return (value, place) =>
    Array.isArray(value)
      ? value.map((item, index) => check(item, `${place}[${index}]`)).find(isFault)
      : place;
}

function recordOf(check: Check): Check {
  return (value, place) =>
    isObject(value)
      ? Object.entries(value)
          .map(([name, member]) => check(member, `${place}.${name}`))
          .find(isFault)
      : place;
}

/** An unknown member comes from a later version, and may be the one that changed: it must not be ignored. */
function membersOf<T>(checks: Readonly<Record<KeyOf<Required<T>>, Check>>): Check {
  const known = new Map(Object.entries<Check>(checks));
  return (value, place) => {
    if (!isObject(value)) return place;
    const unknown = Object.keys(value).find((name) => !known.has(name));
    if (unknown !== undefined) return `${place}.${unknown}`;
    return [...known]
      .map(([name, check]) => check(own(value, name), `${place}.${name}`))
      .find(isFault);
  };
}

function isFault(place: string | undefined): boolean {
  return place !== undefined;
}

const bodyShape = {
  mediaType: text,
  binary: optional(truth),
  encoding: optional(recordOf(anything)),
  prefixEncoding: optional(listOf(anything)),
  itemEncoding: optional(anything),
};

const body = membersOf<Body>({
  ...bodyShape,
  others: optional(listOf(membersOf<Omit<Body, 'others' | 'hasPartHeaders'>>(bodyShape))),
  hasPartHeaders: optional(truth),
});

const parameter = membersOf<Parameter>({
  name: text,
  in: text,
  argument: optional(text),
  style: optional(text),
  explode: optional(truth),
  allowReserved: optional(truth),
  content: optional(text),
  default: anything,
});

const request = membersOf<RequestShape>({
  method: text,
  path: text,
  server: optional(text),
  parameters: optional(listOf(parameter)),
  body: optional(body),
  responseHeaders: optional(listOf(text)),
  accept: optional(text),
  security: optional(listOf(recordOf(listOf(text)))),
});

/** Checks one tool. */
export const checkTool = membersOf<Tool>({
  name: text,
  title: optional(text),
  description: text,
  annotations: membersOf<Tool['annotations']>({
    readOnlyHint: truth,
    destructiveHint: truth,
    idempotentHint: truth,
    openWorldHint: truth,
  }),
  inputSchema: recordOf(anything),
  fields: optional(listOf(text)),
  outputSchema: optional(recordOf(anything)),
  request,
  isPublic: optional(truth),
  pinned: optional(truth),
  confirm: optional((value, place) =>
    typeof value === 'boolean' || typeof value === 'string' ? undefined : place,
  ),
});

/** Checks the scopes of all tools. */
export const checkScopes = recordOf(listOf(listOf(text)));

/** Checks a whole API. */
export const checkApi = membersOf<Api>({
  name: text,
  title: text,
  version: text,
  description: optional(text),
  documentation: optional(text),
  icon: optional(text),
  authentication: (value, place) => (value === 'oauth2' || value === 'none' ? undefined : place),
  authorizationServer: optional(text),
  resourceUrl: optional(text),
  baseUrl: optional(text),
  serverVariables: optional(
    recordOf(
      membersOf<ServerVariable>({
        variable: text,
        default: optional(text),
        values: optional(listOf(text)),
      }),
    ),
  ),
  securitySchemes: recordOf(
    membersOf<SecurityScheme>({
      type: text,
      in: optional(text),
      name: optional(text),
      variable: optional(text),
      scheme: optional(text),
      tokenUrl: optional(text),
      openIdConnectUrl: optional(text),
    }),
  ),
  scopes: checkScopes,
  implies: optional(recordOf(listOf(text))),
  toolMode: optional((value, place) => (value === 'all' || value === 'search' ? undefined : place)),
  searchTools: optional(recordOf(text)),
  tools: listOf(checkTool),
});
