import { Inject, Injectable } from '@nestjs/common';
import { isId, type RunResult, TroupeError } from '@troupe/contracts';
import { Database, readAgent, readRun, readThread, type ThreadChoice } from '@troupe/database';
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
import { agentInput } from './agent-input.js';
import { ChatChunks } from './chat-chunks.js';
import { answerOfText, chatCompletion, chatHead, finishOfRun } from './chat-completion.js';
import type { ChatRequest } from './chat-request.js';
import { usageOfRun } from './chat-usage.js';
import { outputOfChat } from './output-of-chat.js';
import { readRequestHeaders } from './request-headers.js';
import { RunChunkStream } from './run-chunk-stream.js';
import { RunOutputStream } from './run-output-stream.js';

const ENDPOINT = 'v1/chat/completions';

/** Answers of agents: each is a run on a thread, which goes on whoever leaves. */
@Injectable()
export class AgentCompletions {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(RunService) private readonly runs: RunService,
    @Inject(OpenStreams) private readonly streams: OpenStreams,
    @Inject(LastCall) private readonly lastCall: LastCall,
  ) {}

  async complete(caller: Caller, chat: ChatRequest, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { run, hasOutput } = await this.#runRequest(caller, chat, request);
    if (chat.stream) await this.#stream(run, chat, hasOutput, reply);
    else await this.#answer(run, chat, reply);
  }

  async #answer(run: RunRequest, { model }: ChatRequest, reply: FastifyReply): Promise<void> {
    const { result, replayed } = await this.runs.wait(run, goneSignal(reply)).catch((error: unknown) => {
      throw error instanceof TroupeError && error.code === 'server_stopping' ? settled(error) : error;
    });
    const { id, thread_id, stop_reason, usage } = result.run;
    reply.headers({ ...idHeaders(id, thread_id), ...(replayed && REPLAYED_HEADERS) });
    try {
      const answered = completedAnswer(result);
      const message = answerOfText(textOfAnswer(answered));
      await reply.send(chatCompletion(chatHead(id, model), message, finishOfRun(stop_reason), usageOfRun(usage)));
    } catch (error) {
      throw error instanceof TroupeError ? settled(error) : error;
    }
  }

  async #stream(run: RunRequest, chat: ChatRequest, hasOutput: boolean, reply: FastifyReply): Promise<void> {
    const { model, stream_options } = chat;
    await this.runs.stream(run, ({ runId, threadId, replayed }) => {
      const headers = { ...idHeaders(runId, threadId), ...(replayed && REPLAYED_HEADERS) };
      const chunks = new ChatChunks(chatHead(runId, model), { includeUsage: stream_options?.include_usage ?? false });
      const stream = this.streams.open(reply, headers);
      const answer = hasOutput
        ? new RunOutputStream(stream, chunks, (id) => this.#readAnswer(run.caller, id))
        : new RunChunkStream(stream, chunks);
      const forget = this.lastCall.onCall(() => answer.fail(serverStopping(runId)));
      answer.onClose(forget);
      return answer;
    });
  }

  /** Reads the agent first: a thread of a new name must not be made for an agent that does not exist. */
  async #runRequest(
    caller: Caller,
    chat: ChatRequest,
    request: FastifyRequest,
  ): Promise<{ run: RunRequest; hasOutput: boolean }> {
    const settings = outputOfChat(chat);
    const { thread, userId, multitaskStrategy } = readRequestHeaders(request);
    const input = agentInput(chat, { onThread: thread !== null });
    const { slug, configuration } = await readAgent(this.database, caller.tenantId, chat.model.slice('agent/'.length));
    const key = readKey(request);
    const run: RunRequest = {
      caller,
      ...input,
      userId: chat.user ?? userId,
      thread: await this.#chooseThread(caller, thread),
      agent: slug,
      model: null,
      multitaskStrategy,
      ...(settings && { options: settings }),
      idempotency:
        key === undefined ? null : { endpoint: ENDPOINT, key, requestHash: hashOf([thread, request.body ?? null]) },
    };
    return { run, hasOutput: settings !== undefined || configuration.output_schema !== undefined };
  }

  async #readAnswer({ tenantId }: Caller, runId: string): Promise<string> {
    return textOfAnswer(await readRun(this.database, tenantId, runId));
  }

  /** Applications name their own chats with UUIDs too, so one that is no thread's id is a name. */
  async #chooseThread({ tenantId }: Caller, name: string | null): Promise<ThreadChoice> {
    if (name === null) return { type: 'new' };
    const isThread = isId(name) && (await this.#isThread(tenantId, name));
    return isThread ? { type: 'id', id: name.toLowerCase() } : { type: 'external_id', externalId: name };
  }

  async #isThread(tenantId: string, id: string): Promise<boolean> {
    try {
      await readThread(this.database, tenantId, id);
      return true;
    } catch (error) {
      if (error instanceof TroupeError && error.code === 'thread_not_found') return false;
      throw error;
    }
  }
}

/** Clients parse an output: words around the JSON would be in their way. A run that a guardrail blocked has none. */
function textOfAnswer(answered: Pick<RunResult, 'response' | 'output'>): string {
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
