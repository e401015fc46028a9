import { Inject, Injectable } from '@nestjs/common';
import { newId } from '@troupe/contracts';
import type { IdempotentRequest } from '@troupe/database';
import type { Logger } from '@troupe/observability';
import type { ModelResponse } from '@troupe/spec';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../auth/caller.js';
import { Admission } from '../backpressure/admission.js';
import { DirectService, type ModelCall } from '../direct/direct.service.js';
import { idempotentRequestOf } from '../idempotency/idempotency-of.js';
import { REPLAYED_HEADERS } from '../idempotency/replayed.js';
import { ReservedAnswers } from '../idempotency/reserved-answers.js';
import type { EventStream } from '../streaming/event-stream.js';
import { goneSignal } from '../streaming/gone-signal.js';
import { OpenStreams } from '../streaming/open-streams.js';
import { LOGGER } from '../tokens.js';
import { ChatChunks } from './chat-chunks.js';
import {
  answerOfResponse,
  type ChatCompletion,
  type ChatHead,
  chatCompletion,
  chatHead,
  finishOfResponse,
} from './chat-completion.js';
import { chatModelRequest } from './chat-model-request.js';
import type { ChatRequest } from './chat-request.js';
import { chatUsage } from './chat-usage.js';
import { ModelChunks } from './model-chunks.js';

interface Completion {
  call: ModelCall;
  head: ChatHead;
  options: { includeUsage: boolean };
  keyed: IdempotentRequest | null;
}

/** Answers of models as they are: no thread, no memory, no tools but the client's own. */
@Injectable()
export class ModelCompletions {
  constructor(
    @Inject(DirectService) private readonly models: DirectService,
    @Inject(OpenStreams) private readonly streams: OpenStreams,
    @Inject(Admission) private readonly admission: Admission,
    @Inject(ReservedAnswers) private readonly answers: ReservedAnswers,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** `model`: `provider/model` of the one that answers; the client reads the name that it asked for. */
  async complete(
    caller: Caller,
    chat: ChatRequest,
    model: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const modelRequest = chatModelRequest(chat);
    this.admission.enter();
    const keyed = idempotentRequestOf(request, caller.tenantId);
    // With a key the answer is for whoever comes back with it, so the call goes on when its caller leaves.
    const signal = keyed ? new AbortController().signal : goneSignal(reply);
    const head = chatHead(newId(), chat.model);
    const options = { includeUsage: chat.stream_options?.include_usage ?? false };
    const completion = { call: { caller, model, request: modelRequest, signal }, head, options, keyed };
    if (chat.stream) await this.#stream(completion, reply);
    else await this.#answer(completion, reply);
  }

  async #answer({ call, head, keyed }: Completion, reply: FastifyReply): Promise<void> {
    const { value, replayed } = await this.answers.once(keyed, async () => {
      let response: ModelResponse | undefined;
      for await (const event of this.models.events(call)) if (event.type === 'completed') response = event.response;
      return response && completionOf(head, response);
    });
    await reply.headers(replayed ? REPLAYED_HEADERS : {}).send(value);
  }

  async #stream(completion: Completion, reply: FastifyReply): Promise<void> {
    const { keyed, options } = completion;
    let stream: EventStream | undefined;
    let ending = '';
    const { value, replayed } = await this.answers.once(keyed, async () => {
      const sent = await this.#sendPieces(completion, () => {
        stream = this.streams.open(reply);
        return stream;
      });
      ending = sent?.ending ?? '';
      return sent?.value;
    });
    // The first answer is told again under its own id.
    if (value && replayed) this.streams.open(reply, REPLAYED_HEADERS).end(new ChatChunks(value, options).whole(value));
    // Not before its key knows of it: who has the end may ask again at once.
    else stream?.end(ending);
  }

  /**
   * Everything but the end. The head leaves with the first piece, so that a provider's refusal still has a status of its
   * own. Undefined when the answer broke off after that, which the stream says.
   */
  async #sendPieces(
    { call, head, options }: Completion,
    open: () => EventStream,
  ): Promise<{ value: ChatCompletion; ending: string } | undefined> {
    const events = this.models.events(call);
    const chunks = new ChatChunks(head, options);
    const pieces = new ModelChunks(chunks);
    let event = await events.next();
    const stream = open();
    stream.send(chunks.begin());
    let whole: { value: ChatCompletion; ending: string } | undefined;
    try {
      for (; !event.done; event = await events.next()) {
        const frames = pieces.add(event.value);
        if (event.value.type === 'completed') {
          whole = { value: completionOf(head, event.value.response), ending: frames };
          continue;
        }
        stream.send(frames);
        // A reader that is slow slows the provider down: there is no log to read the rest from.
        await stream.drained();
      }
      return whole;
    } catch (error) {
      if (!call.signal.aborted) this.logger.warn({ err: error }, 'a completion failed in mid-stream');
      stream.end(chunks.fail(error));
      return undefined;
    }
  }
}

function completionOf(head: ChatHead, response: ModelResponse): ChatCompletion {
  return chatCompletion(head, answerOfResponse(response), finishOfResponse(response), chatUsage(response.usage));
}
