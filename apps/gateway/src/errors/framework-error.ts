import { HttpException } from '@nestjs/common';
import { type ErrorCode, TroupeError } from '@troupe/contracts';

interface Refusal {
  code: ErrorCode;
  message: string;
}

const CANNOT_BE_READ: Refusal = { code: 'invalid_request', message: 'The request cannot be read.' };
const NOTHING_HERE: Refusal = { code: 'not_found', message: 'There is nothing here. /docs lists what there is.' };

/** Statuses that Fastify and Nest answer by themselves, and what to tell the caller. */
const CODES: Readonly<Record<number, Refusal>> = {
  400: CANNOT_BE_READ,
  // Of files: an address that leaves their folder.
  403: NOTHING_HERE,
  404: NOTHING_HERE,
  413: { code: 'body_too_large', message: 'The body is too large. MAX_BODY_BYTES sets the limit.' },
  414: { code: 'invalid_request', message: 'A part of the address is too long.' },
  415: { code: 'unsupported_media_type', message: 'Send JSON, with the header `content-type: application/json`.' },
};

/** An error of Fastify or Nest as ours; any other stays as it is. */
export function frameworkError(error: unknown): unknown {
  if (error instanceof TroupeError) return error;
  const status = statusOf(error) ?? 500;
  if (status < 400 || status >= 500) return error;
  return new TroupeError({ ...(CODES[status] ?? CANNOT_BE_READ), fault: 'caller', cause: error });
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}
