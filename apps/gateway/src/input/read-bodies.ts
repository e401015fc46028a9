import { isUtf8 } from 'node:buffer';
import { TroupeError } from '@troupe/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseJson } from './parse-json.js';

/**
 * Has bodies read as JSON and as nothing else. One without content is none: many clients name the type of a body on every
 * request, those without one included.
 */
export function readBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => {
    try {
      done(null, bytes.length === 0 ? undefined : parseJson(textOf(bytes)));
    } catch (error) {
      done(error as Error);
    }
  });
  server.addHook('onRequest', async (request) => refuseEncodings(request));
}

/** JSON is UTF-8 (RFC 8259, section 8.1), whatever `charset` says. What is not would be stored as something else. */
function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  const message = 'The body is not valid UTF-8. JSON is sent in UTF-8.';
  throw new TroupeError({ code: 'malformed_json', fault: 'caller', message });
}

/** A body that was compressed on its way is not unpacked: what it grows to could not be limited before it is there. */
function refuseEncodings({ method, headers }: FastifyRequest): void {
  if (method === 'GET' || method === 'HEAD') return;
  const encodings = [headers['content-encoding'], headers['transfer-encoding']];
  const unknown = encodings.find(
    (encoding) => encoding !== undefined && !/^(identity|chunked|)$/i.test(encoding.trim()),
  );
  if (unknown === undefined) return;
  const message = `Send the body as it is, not in the encoding ${unknown.slice(0, 100)}.`;
  throw new TroupeError({ code: 'unsupported_media_type', fault: 'caller', message });
}
