import type { Plan } from '../plan/types.js';

// The contract of generator and runtime, through the one module that may import it here.
export type Api = Plan['api'];
export type Tool = Api['tools'][number];
export type RequestShape = Tool['request'];
export type Parameter = NonNullable<RequestShape['parameters']>[number];
export type Body = NonNullable<RequestShape['body']>;
export type SecurityRequirement = NonNullable<RequestShape['security']>[number];
export type SecurityScheme = Api['securitySchemes'][string];
export type ServerVariable = NonNullable<Api['serverVariables']>[string];
export type ScopeAlternatives = Api['scopes'][string];

/** The union of the member names of a union's members. */
export type KeyOf<T> = T extends unknown ? keyof T : never;
