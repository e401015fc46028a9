import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { answerOnce, Database } from '@troupe/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { callerOf } from '../auth/caller.js';
import { idempotentRequestOf } from './idempotency-of.js';
import { REPLAYED_HEADERS } from './replayed.js';

/**
 * Carries a request with an Idempotency-Key out once: what its handler changes and the answer are committed together, and
 * the same request again gets that answer. A request without the header passes untouched.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(@Inject(Database) private readonly database: Database) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const keyed = idempotentRequestOf(request, callerOf(request).tenantId);
    if (!keyed) return next.handle();
    const reply = http.getResponse<FastifyReply>();
    const { answer, replayed } = await answerOnce(this.database, keyed, async () => {
      const body: unknown = await lastValueFrom(next.handle());
      const location = reply.getHeader('location');
      return {
        status: reply.statusCode,
        location: typeof location === 'string' ? location : null,
        body: body === undefined ? null : JSON.stringify(body),
      };
    });
    reply.status(answer.status);
    if (replayed) reply.headers(REPLAYED_HEADERS);
    if (replayed && answer.location !== null) reply.header('location', answer.location);
    return of(answer.body === null ? undefined : JSON.parse(answer.body));
  }
}
