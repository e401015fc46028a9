/** Request headers whose values are credentials. They are not recorded; their values are looked for everywhere else. */
export const secretHeaders: readonly string[] = [
  'api-key',
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-api-key',
  'x-auth-token',
  'x-goog-api-key',
];

/** Response headers that are left out: they name an account, hold a session, or belong to one connection only. */
export const droppedResponseHeaders: readonly string[] = [
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'openai-organization',
  'openai-project',
  'anthropic-organization-id',
  'proxy-authenticate',
  'set-cookie',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Names of query parameters and JSON fields whose values are credentials, without regard to case, `-` and `_`. */
const secretFields = [
  'accesskey',
  'accesstoken',
  'apikey',
  'authorization',
  'authtoken',
  'bearertoken',
  'clientsecret',
  'idtoken',
  'password',
  'privatekey',
  'refreshtoken',
  'secret',
  'secretkey',
  'sessiontoken',
];

export function isSecretField(name: string): boolean {
  return secretFields.includes(name.toLowerCase().replace(/[-_]/g, ''));
}

/** Shorter names that are credentials in a query and ordinary words in a body. */
export function isSecretParameter(name: string): boolean {
  return isSecretField(name) || ['key', 'token', 'sig', 'signature'].includes(name.toLowerCase());
}
