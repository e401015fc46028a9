import { Inject, Injectable } from '@nestjs/common';
import type { ModelId } from '@troupe/contracts';
import type { IdempotentRequest } from '@troupe/database';
import type { Logger } from '@troupe/observability';
import type { ModelRequest, ModelResponse } from '@troupe/spec';
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
import type { AnswerForm, AnswerPieces } from './answer-form.js';
import { answerOfResponse, finishOfResponse } from './chat-completion.js';
import { chatUsage } from './chat-usage.js';
import { ModelChunks } from './model-chunks.js';

/** What is asked of a model, and how its answer is told. */
export interface ModelAsk<Answer> {
  caller: Caller;
  /** The one that answers; the client reads the name that it asked for. */
  model: ModelId;
  request: ModelRequest;
  stream: boolean;
  form: AnswerForm<Answer>;
  /** Called with the whole answer before its end leaves: the next request may refer to it. */
  keep?: (answer: Answer) => Promise<void>;
}

interface Completion<Answer> extends Pick<ModelAsk<Answer>, 'form' | 'keep'> {
  call: ModelCall;
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

  async complete<Answer>(ask: ModelAsk<Answer>, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { caller, model, form, keep } = ask;
    this.admission.enter();
    const keyed = idempotentRequestOf(request, caller.tenantId);
    // With a key the answer is for whoever comes back with it, so the call goes on when its caller leaves.
    const signal = keyed ? new AbortController().signal : goneSignal(reply);
    const call = { caller, model, request: ask.request, signal };
    const completion = { call, form, keyed, ...(keep && { keep }) };
    if (ask.stream) await this.#stream(completion, reply);
    else await this.#answer(completion, reply);
  }

  async #answer<Answer>({ call, form, keep, keyed }: Completion<Answer>, reply: FastifyReply): Promise<void> {
    const { value, replayed } = await this.answers.once(keyed, async () => {
      let response: ModelResponse | undefined;
      for await (const event of this.models.events(call)) if (event.type === 'completed') response = event.response;
      const answer = response && wholeOf(form.pieces(), response);
      if (answer) await keep?.(answer);
      return answer;
    });
    await reply.headers(replayed ? REPLAYED_HEADERS : {}).send(value);
  }

  async #stream<Answer>(completion: Completion<Answer>, reply: FastifyReply): Promise<void> {
    const { keyed, form } = completion;
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
    if (value && replayed) this.streams.open(reply, REPLAYED_HEADERS).end(form.tell(value));
    // Not before its key knows of it: who has the end may ask again at once.
    else stream?.end(ending);
  }

  /**
   * Everything but the end. The head leaves with the first piece, so that a provider's refusal still has a status of its
   * own. Undefined when the answer broke off after that, which the stream says.
   */
  async #sendPieces<Answer>(
    { call, form, keep }: Completion<Answer>,
    open: () => EventStream,
  ): Promise<{ value: Answer; ending: string } | undefined> {
    const events = this.models.events(call);
    const pieces = form.pieces();
    const chunks = new ModelChunks(pieces);
    let event = await events.next();
    const stream = open();
    stream.send(pieces.begin());
    let whole: { value: Answer; ending: string } | undefined;
    try {
      for (; !event.done; event = await events.next()) {
        const frames = chunks.add(event.value);
        if (event.value.type === 'completed') {
          whole = { value: wholeOf(pieces, event.value.response), ending: frames };
          await keep?.(whole.value);
          continue;
        }
        stream.send(frames);
        // A reader that is slow slows the provider down: there is no log to read the rest from.
        await stream.drained();
      }
      return whole;
    } catch (error) {
      if (!call.signal.aborted) this.logger.warn({ err: error }, 'a completion failed in mid-stream');
      stream.end(pieces.fail(error));
      return undefined;
    }
  }
}

function wholeOf<Answer>(pieces: AnswerPieces<Answer>, response: ModelResponse): Answer {
  return pieces.whole(answerOfResponse(response), finishOfResponse(response), chatUsage(response.usage));
}
