import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { TroupeError } from '@troupe/contracts';
import type { Logger } from '@troupe/observability';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isOpenAiAddress, openAiErrorOf } from '../openai/openai-error.js';
import type { AllowedMethods } from './allowed-methods.js';
import { discardBody } from './discard-body.js';
import { frameworkError } from './framework-error.js';
import { PROBLEM_MEDIA_TYPE, type Problem, problemOf } from './problem.js';

/** Turns whatever was thrown into a problem document. What is not meant for callers goes to the log only. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger: Logger;
  readonly #allowedMethods: AllowedMethods;

  constructor(options: { logger: Logger; allowedMethods: AllowedMethods }) {
    this.#logger = options.logger;
    this.#allowedMethods = options.allowedMethods;
  }

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.raw.destroyed && isAbort(thrown)) return;
    await this.answer(request.is404 ? this.#unknownAddress(request, reply) : thrown, request, reply);
  }

  /** For what goes wrong before there is a route, too. */
  async answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const error = frameworkError(thrown);
    const problem = problemOf(error, request.id);
    // Of an overload each request tells, and a line for each would be more of it: who refuses logs now and then.
    if (problem.status >= 500 && problem.code !== 'server_overloaded')
      this.#logger.error({ err: error, request_id: request.id }, problem.title);
    if (reply.raw.headersSent || reply.sent) {
      reply.raw.destroy();
      return;
    }
    if (error instanceof TroupeError && error.retryAfterMs !== undefined) {
      reply.header('retry-after', Math.ceil(error.retryAfterMs / 1_000));
    }
    if (problem.code === 'body_too_large') await discardBody(request.raw);
    if (isOpenAiAddress(request.url)) sendOpenAiError(reply, error);
    else sendProblem(reply, problem);
  }

  #unknownAddress(request: FastifyRequest, reply: FastifyReply): TroupeError {
    const path = request.url.split('?', 1)[0] ?? '/';
    const methods = this.#allowedMethods.of(path);
    // A folder's route takes the method of every address below it, and has not everything.
    if (methods.length === 0 || methods.includes(request.method)) {
      const isMeant = this.#allowedMethods.of(`/v1${path}`).includes(request.method);
      const hint = isMeant
        ? `Clients of OpenAI need a base URL that ends with /v1: /v1${path}.`
        : '/docs lists what there is.';
      const message = `There is nothing at ${request.method} ${path}. ${hint}`;
      return new TroupeError({ code: 'not_found', fault: 'caller', message });
    }
    reply.header('allow', methods.join(', '));
    const message = `${path} does not take ${request.method}. It takes ${methods.join(', ')}.`;
    return new TroupeError({ code: 'method_not_allowed', fault: 'caller', message });
  }
}

/** What waiting for an answer ends with when its caller has gone: nobody is left to be told. */
function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}

/** Clients of OpenAI know no problem documents, and by the headers whether and when to try again. */
function sendOpenAiError(reply: FastifyReply, error: unknown): void {
  const { status, body, retryable } = openAiErrorOf(error);
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="troupe"');
  if (error instanceof TroupeError && error.retryAfterMs !== undefined) {
    reply.header('retry-after-ms', Math.ceil(error.retryAfterMs));
  }
  void reply.status(status).header('x-should-retry', String(retryable)).send(body);
}

function sendProblem(reply: FastifyReply, problem: Problem): void {
  if (problem.status === 401 && !reply.hasHeader('www-authenticate')) {
    reply.header('www-authenticate', 'Bearer realm="troupe"');
  }
  // A string, because Fastify would serialize an object only under a JSON media type that it knows.
  void reply.status(problem.status).header('content-type', PROBLEM_MEDIA_TYPE).send(JSON.stringify(problem));
}
