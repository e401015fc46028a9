import { TroupeError } from '@troupe/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { accessOf, DASHBOARD_PATH } from './access.js';
import type { ApiKeyCache } from './api-key-cache.js';
import { setCaller } from './caller.js';
import { readApiKey } from './read-api-key.js';

const WHERE_THE_KEY_IS =
  'The first key is the value of TROUPE_API_KEY or, without one, in the file `api-key` of the data folder ' +
  '(.troupe/api-key unless TROUPE_DATA_DIR says otherwise).';

/**
 * A hook that runs before a body is read, so that nobody without a key can make the server work.
 * @param operatorTenantId the tenant whose administrators run the installation
 */
export function authenticate(keys: ApiKeyCache, operatorTenantId: string) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (request.is404) return;
    const access = accessOf(request);
    if (access === 'public') return;
    if (access === 'operator-or-loopback' && isLoopback(request)) return;
    const key = readApiKey(request.headers);
    const owner = key === undefined ? undefined : await keys.owner(key);
    if (!owner) {
      // A browser asks its user for the key and sends it as the password.
      if (request.url.startsWith(DASHBOARD_PATH))
        reply.header('www-authenticate', 'Basic realm="troupe", charset="UTF-8"');
      throw unauthenticated(key !== undefined);
    }
    if (access !== 'key' && owner.role !== 'admin') {
      throw new TroupeError({ code: 'forbidden', fault: 'caller', message: 'Only an admin key may do this.' });
    }
    if (access !== 'key' && access !== 'admin' && owner.tenantId !== operatorTenantId) {
      const message = 'This is about the whole installation: only an admin key of its first tenant may do it.';
      throw new TroupeError({ code: 'forbidden', fault: 'caller', message });
    }
    setCaller(request, owner);
  };
}

/** A proxy on this machine calls from loopback too, but says for whom. */
function isLoopback({ socket, headers }: FastifyRequest): boolean {
  const address = socket.remoteAddress ?? '';
  const local = address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
  return local && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined;
}

function unauthenticated(hadKey: boolean): TroupeError {
  return new TroupeError({
    code: 'unauthenticated',
    fault: 'caller',
    message: hadKey
      ? `This key is unknown, revoked or expired. ${WHERE_THE_KEY_IS}`
      : `Send a key as \`Authorization: Bearer <key>\` or \`X-API-Key: <key>\`. ${WHERE_THE_KEY_IS}`,
  });
}
