import { HttpException } from '@nestjs/common';
import { type ErrorCode, TroupeError } from '@troupe/contracts';

/** Statuses that Fastify and Nest answer by themselves, and what to tell the caller. */
const CODES: Readonly<Record<number, { code: ErrorCode; message: string }>> = {
  400: { code: 'invalid_request', message: 'The request cannot be read.' },
  404: { code: 'not_found', message: 'There is nothing here. /docs lists what there is.' },
  413: { code: 'body_too_large', message: 'The body is too large. MAX_BODY_BYTES sets the limit.' },
  414: { code: 'invalid_request', message: 'A part of the address is too long.' },
  415: { code: 'unsupported_media_type', message: 'Send JSON, with the header `content-type: application/json`.' },
};

/** An error of Fastify or Nest as ours; any other stays as it is. */
export function frameworkError(error: unknown): unknown {
  const known = CODES[statusOf(error) ?? 0];
  if (!known || error instanceof TroupeError) return error;
  return new TroupeError({ ...known, fault: 'caller', cause: error });
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}
