/** The severities of a change for users of a project, the most severe first. */
export const SEVERITIES = ['breaking', 'security', 'compatible'] as const;

/**
 * `breaking`: calls that worked may fail, or do something else. `security`: permissions, or the destination of
 * requests and credentials, change. `compatible`: calls that worked still do.
 */
export type Severity = (typeof SEVERITIES)[number];

const severities = {
  TOOL_REMOVED: 'breaking',
  TOOL_RENAMED: 'breaking',
  TOOL_UNPINNED: 'breaking',
  LISTING_CHANGED: 'breaking',
  OPERATION_CHANGED: 'breaking',
  ARGUMENT_REMOVED: 'breaking',
  ARGUMENT_REQUIRED: 'breaking',
  PROPERTY_REMOVED: 'breaking',
  PROPERTY_REQUIRED: 'breaking',
  MEDIA_TYPE_REMOVED: 'breaking',
  TYPE_CHANGED: 'breaking',
  TYPE_NARROWED: 'breaking',
  NULL_REFUSED: 'breaking',
  VALUES_RESTRICTED: 'breaking',
  VALUES_REMOVED: 'breaking',
  FORMAT_CHANGED: 'breaking',
  PATTERN_CHANGED: 'breaking',
  ENCODING_CHANGED: 'breaking',
  LIMIT_TIGHTENED: 'breaking',
  ADDITIONAL_REFUSED: 'breaking',
  ALTERNATIVE_REMOVED: 'breaking',
  CONDITION_ADDED: 'breaking',
  SCHEMA_CHANGED: 'breaking',

  AUTHENTICATION_DROPPED: 'security',
  AUTHENTICATION_ADDED: 'security',
  AUTHORIZATION_SERVER_CHANGED: 'security',
  RESOURCE_URL_CHANGED: 'security',
  BASE_URL_CHANGED: 'security',
  SERVER_VARIABLE_CHANGED: 'security',
  OPERATION_SERVER_CHANGED: 'security',
  SCHEME_ADDED: 'security',
  SCHEME_REMOVED: 'security',
  SCHEME_CHANGED: 'security',
  TOKEN_URL_CHANGED: 'security',
  OPENID_URL_CHANGED: 'security',
  KEY_MOVED: 'security',
  KEY_VARIABLE_CHANGED: 'security',
  IMPLIES_CHANGED: 'security',
  TOOL_PUBLIC: 'security',
  TOOL_NOT_PUBLIC: 'security',
  CONFIRMATION_DROPPED: 'security',
  CONFIRMATION_ADDED: 'security',
  SCOPES_DROPPED: 'security',
  SCOPES_ADDED: 'security',
  SCOPES_LESS: 'security',
  SCOPES_MORE: 'security',
  SCOPES_DIFFERENT: 'security',
  UPSTREAM_SECURITY_LOST: 'security',
  UPSTREAM_SECURITY_GAINED: 'security',
  UPSTREAM_SECURITY_CHANGED: 'security',
  UPSTREAM_SCOPES_CHANGED: 'security',
  MORE_DANGEROUS: 'security',
  LOOKS_SAFER: 'security',
  DESTRUCTIVE_TOOL_ADDED: 'security',
  PUBLIC_TOOL_ADDED: 'security',
  HIDDEN_TEXT_ADDED: 'security',
  HIDDEN_TEXT_REMOVED: 'security',
  HIDDEN_TEXT_CHANGED: 'security',

  TOOL_ADDED: 'compatible',
  TOOL_PINNED: 'compatible',
  ARGUMENT_ADDED: 'compatible',
  ARGUMENT_OPTIONAL: 'compatible',
  PROPERTY_ADDED: 'compatible',
  PROPERTY_OPTIONAL: 'compatible',
  MEDIA_TYPE_ADDED: 'compatible',
  TYPE_WIDENED: 'compatible',
  NULL_ACCEPTED: 'compatible',
  VALUES_OPENED: 'compatible',
  VALUES_ADDED: 'compatible',
  FORMAT_WIDENED: 'compatible',
  PATTERN_DROPPED: 'compatible',
  LIMIT_LOOSENED: 'compatible',
  ADDITIONAL_ACCEPTED: 'compatible',
  ALTERNATIVE_ADDED: 'compatible',
  CONDITION_DROPPED: 'compatible',
  DEFAULT_CHANGED: 'compatible',
  DEPRECATED: 'compatible',
  DEPRECATION_LIFTED: 'compatible',
  REQUEST_CHANGED: 'compatible',
  ACCEPT_CHANGED: 'compatible',
  RESULT_CHANGED: 'compatible',
  NAME_CHANGED: 'compatible',
  VERSION_CHANGED: 'compatible',
  WORDING: 'compatible',
} as const satisfies Record<string, Severity>;

/** Every kind of change; stable. */
export type ChangeCode = keyof typeof severities;

/** The severity of a kind of change. */
export function severityOf(code: ChangeCode): Severity {
  return severities[code];
}
