import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { ApiKeyOwner } from '@troupe/database';
import type { FastifyRequest } from 'fastify';

/** Who sends a request: the owner of its key. */
export type Caller = ApiKeyOwner;

const callers = new WeakMap<FastifyRequest, Caller>();

export function setCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller);
}

/** Who sends a request. Throws for one of a public route, which nobody in particular sends. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (!caller) throw new Error(`${request.url} was reached without a key: it is public and has no caller.`);
  return caller;
}

/** The caller as a parameter of a controller's method. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
