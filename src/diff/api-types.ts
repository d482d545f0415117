import type { Plan } from '../plan/types.js';

// The contract of generator and runtime, by the one way that leads to it from here.
export type Api = Plan['api'];
export type Tool = Api['tools'][number];
export type RequestShape = Tool['request'];
export type Parameter = NonNullable<RequestShape['parameters']>[number];
export type Body = NonNullable<RequestShape['body']>;
export type SecurityRequirement = NonNullable<RequestShape['security']>[number];
export type SecurityScheme = Api['securitySchemes'][string];
export type ServerVariable = NonNullable<Api['serverVariables']>[string];
export type ScopeAlternatives = Api['scopes'][string];

/** The names of all members that the members of a union have. */
export type KeyOf<T> = T extends unknown ? keyof T : never;
