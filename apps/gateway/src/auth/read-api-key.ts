import type { IncomingHttpHeaders } from 'node:http';

/**
 * The key of a request: `Authorization: Bearer <key>`, `X-API-Key: <key>`, or, for browsers that ask a person, HTTP
 * Basic with any user name and the key as password. Undefined when there is none.
 */
export function readApiKey(headers: IncomingHttpHeaders): string | undefined {
  const [, scheme, credentials] = /^(\S+) +(\S+) *$/.exec(headers.authorization ?? '') ?? [];
  if (scheme !== undefined && credentials !== undefined) {
    if (scheme.toLowerCase() === 'bearer') return credentials;
    if (scheme.toLowerCase() === 'basic') return passwordOf(credentials);
  }
  const header = headers['x-api-key'];
  return typeof header === 'string' && header !== '' ? header : undefined;
}

function passwordOf(credentials: string): string | undefined {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 || colon === text.length - 1 ? undefined : text.slice(colon + 1);
}
