import { Inject, Injectable } from '@nestjs/common';
import { type AcceptedRun, type RunOptions, type RunResult, TroupeError } from '@troupe/contracts';
import { Database, readAgent, readRun } from '@troupe/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller.js';
import { hashOf, readKey } from '../idempotency/read-key.js';
import { REPLAYED_HEADERS } from '../idempotency/replayed.js';
import { completedAnswer } from '../runs/run-answers.js';
import type { RunRequest } from '../runs/run-request.js';
import { RunService } from '../runs/run-service.js';
import { goneSignal } from '../streaming/gone-signal.js';
import { LastCall } from '../streaming/last-call.js';
import { OpenStreams } from '../streaming/open-streams.js';
import type { AgentInput } from './agent-input.js';
import type { AnswerForm } from './answer-form.js';
import { answerOfText, finishOfRun } from './chat-completion.js';
import { usageOfRun } from './chat-usage.js';
import { chooseThread } from './choose-thread.js';
import type { RequestHeaders } from './request-headers.js';
import { RunChunkStream } from './run-chunk-stream.js';
import { RunOutputStream } from './run-output-stream.js';

/** What is asked of an agent, and how its answer is told. */
export interface AgentAsk<Answer> extends Pick<RequestHeaders, 'thread' | 'userId' | 'multitaskStrategy'> {
  caller: Caller;
  /** Slug or id. */
  agent: string;
  input: AgentInput;
  options: RunOptions | undefined;
  stream: boolean;
  /** Whose idempotency keys: those of two endpoints have nothing to do with each other. */
  endpoint: string;
  form: (runId: string, threadId: string) => AnswerForm<Answer>;
}

/** Answers of agents: each is a run on a thread, which goes on whoever leaves. */
@Injectable()
export class AgentCompletions {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(RunService) private readonly runs: RunService,
    @Inject(OpenStreams) private readonly streams: OpenStreams,
    @Inject(LastCall) private readonly lastCall: LastCall,
  ) {}

  async complete<Answer>(ask: AgentAsk<Answer>, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { run, hasOutput } = await this.#runRequest(ask, request);
    if (ask.stream) await this.#stream(run, ask.form, hasOutput, reply);
    else await this.#answer(run, ask.form, reply);
  }

  /** Stores the run and answers nothing: whoever asked comes back for the answer. */
  async begin<Answer>(ask: AgentAsk<Answer>, request: FastifyRequest, reply: FastifyReply): Promise<AcceptedRun> {
    const { run } = await this.#runRequest(ask, request);
    const { accepted, replayed } = await this.runs.accept(run);
    reply.headers({ ...idHeaders(accepted.run_id, accepted.thread_id), ...(replayed && REPLAYED_HEADERS) });
    return accepted;
  }

  async #answer<Answer>(run: RunRequest, form: AgentAsk<Answer>['form'], reply: FastifyReply): Promise<void> {
    const { result, replayed } = await this.runs.wait(run, goneSignal(reply)).catch((error: unknown) => {
      throw error instanceof TroupeError && error.code === 'server_stopping' ? settled(error) : error;
    });
    const { id, thread_id, stop_reason, usage } = result.run;
    reply.headers({ ...idHeaders(id, thread_id), ...(replayed && REPLAYED_HEADERS) });
    try {
      const message = answerOfText(textOfAnswer(completedAnswer(result)));
      await reply.send(form(id, thread_id).pieces().whole(message, finishOfRun(stop_reason), usageOfRun(usage)));
    } catch (error) {
      throw error instanceof TroupeError ? settled(error) : error;
    }
  }

  async #stream<Answer>(
    run: RunRequest,
    form: AgentAsk<Answer>['form'],
    hasOutput: boolean,
    reply: FastifyReply,
  ): Promise<void> {
    await this.runs.stream(run, ({ runId, threadId, replayed }) => {
      const headers = { ...idHeaders(runId, threadId), ...(replayed && REPLAYED_HEADERS) };
      const pieces = form(runId, threadId).pieces();
      const stream = this.streams.open(reply, headers);
      const answer = hasOutput
        ? new RunOutputStream(stream, pieces, (id) => this.#readAnswer(run.caller, id))
        : new RunChunkStream(stream, pieces);
      const forget = this.lastCall.onCall(() => answer.fail(serverStopping(runId)));
      answer.onClose(forget);
      return answer;
    });
  }

  /** Reads the agent first: a thread of a new name must not be made for an agent that does not exist. */
  async #runRequest<Answer>(
    ask: AgentAsk<Answer>,
    request: FastifyRequest,
  ): Promise<{ run: RunRequest; hasOutput: boolean }> {
    const { caller, input, options, thread, userId, multitaskStrategy, endpoint } = ask;
    const { slug, configuration } = await readAgent(this.database, caller.tenantId, ask.agent);
    const key = readKey(request);
    const run: RunRequest = {
      caller,
      ...input,
      userId,
      thread: await chooseThread(this.database, caller.tenantId, thread),
      agent: slug,
      model: null,
      multitaskStrategy,
      ...(options && { options }),
      idempotency: key === undefined ? null : { endpoint, key, requestHash: hashOf([thread, request.body ?? null]) },
    };
    const hasOutput = options?.output_schema !== undefined || configuration.output_schema !== undefined;
    return { run, hasOutput };
  }

  async #readAnswer({ tenantId }: Caller, runId: string): Promise<string> {
    return textOfAnswer(await readRun(this.database, tenantId, runId));
  }
}

/** Clients parse an output: words around the JSON would be in their way. A run that a guardrail blocked has none. */
export function textOfAnswer(answered: Pick<RunResult, 'response' | 'output'>): string {
  return 'output' in answered ? JSON.stringify(answered.output) : (answered.response ?? '');
}

/** Not the headers of the native routes: with those a stream could be gone on with by event id. */
function idHeaders(runId: string, threadId: string): Record<string, string> {
  return { 'x-troupe-run': runId, 'x-troupe-thread': threadId };
}

/** The message is on its thread: sent again it would be there twice. The workers have tried what could be tried. */
function settled({ code, fault, message, details }: TroupeError): TroupeError {
  return new TroupeError({ code, fault, message, details, retryable: false });
}

function serverStopping(runId: string): TroupeError {
  const message = `This server is stopping; run ${runId} goes on. Read its answer at /api/runs/${runId}.`;
  return new TroupeError({ code: 'server_stopping', fault: 'server', message });
}
