import {
  type AnswerParser,
  estimateUsage,
  type FinishReason,
  MalformedAnswer,
  type ModelEvent,
  type ModelRequest,
  type ModelResponse,
  type ModelUsage,
  ReportedFailure,
  ResponseAccumulator,
} from 'troupe/provider-kit';

/** One piece of a stream, or a whole answer, as far as it is read. Nothing is sure to be there. */
export interface AcmeChunk {
  id?: string;
  choices?: { delta?: AcmeMessage; message?: AcmeMessage; finish_reason?: string | null }[];
  usage?: AcmeUsage | null;
  error?: { message?: string; code?: string | null } | null;
}

interface AcmeMessage {
  content?: string | null;
  refusal?: string | null;
  tool_calls?: { index?: number; id?: string; function?: { name?: string; arguments?: string } }[] | null;
}

interface AcmeUsage {
  prompt_tokens?: number;
  completion_tokens?: number;
  prompt_tokens_details?: { cached_tokens?: number; cache_write_tokens?: number };
  completion_tokens_details?: { reasoning_tokens?: number };
}

const finishReasons: Record<string, FinishReason['reason']> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
};

/** Understands Acme's answers, streamed and whole. */
export class AcmeAnswerParser implements AnswerParser {
  /** Set by Acme's own end marker: a body that merely stops is an interruption, never an answer. */
  ended = false;
  readonly #answer = new ResponseAccumulator();
  /** Index of a call among the pieces, and within the answer. */
  readonly #calls = new Map<number, number>();
  readonly #request: ModelRequest;
  #finishReason: string | undefined;
  #refused = false;
  #usage: ModelUsage | undefined;
  #id: string | undefined;

  constructor(request: ModelRequest) {
    this.#request = request;
  }

  push(frame: string, events: ModelEvent[]): void {
    if (frame === '[DONE]') this.ended = true;
    else this.read(JSON.parse(frame), events);
  }

  read(chunk: AcmeChunk, events: ModelEvent[]): void {
    if (chunk.error) throw failureOf(chunk.error);
    this.#id ??= chunk.id;
    const choice = chunk.choices?.[0];
    const message = choice?.delta ?? choice?.message;
    if (message) this.#readMessage(message, events);
    if (choice?.finish_reason) this.#finishReason = choice.finish_reason;
    if (chunk.usage) this.#usage = usageOf(chunk.usage);
  }

  finish(): ModelResponse {
    const raw = this.#finishReason;
    if (raw === undefined) throw new MalformedAnswer('an answer without a finish reason');
    const content = this.#answer.content();
    return {
      content,
      finish: { reason: this.#refused ? 'refusal' : (finishReasons[raw] ?? 'other'), raw },
      // Limits and budgets must never see a free call.
      usage: this.#usage ?? estimateUsage(this.#request, content),
      ...(this.#id !== undefined && { responseId: this.#id }),
    };
  }

  #readMessage({ content, refusal, tool_calls }: AcmeMessage, events: ModelEvent[]): void {
    if (content) this.#answer.addText(content, events);
    if (refusal) {
      this.#refused = true;
      this.#answer.addText(refusal, events);
    }
    for (const [position, { index = position, id, function: called }] of (tool_calls ?? []).entries()) {
      if (!this.#calls.has(index)) {
        if (!called?.name) throw new MalformedAnswer('a call without a name');
        this.#calls.set(index, this.#answer.startToolCall(id, called.name, events));
      }
      this.#answer.addToolArguments(this.#calls.get(index) ?? 0, called?.arguments ?? '', events);
    }
  }
}

/** Errors inside a 200 have no status: it is told by the code. */
function failureOf({ message = 'no reason given', code }: NonNullable<AcmeChunk['error']>): ReportedFailure {
  const status = code === 'rate_limit_exceeded' ? 429 : 500;
  return new ReportedFailure({ status, message, ...(code && { code }) });
}

function usageOf(usage: AcmeUsage): ModelUsage {
  return {
    inputTokens: usage.prompt_tokens ?? 0,
    outputTokens: usage.completion_tokens ?? 0,
    cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    cacheWriteInputTokens: usage.prompt_tokens_details?.cache_write_tokens ?? 0,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? 0,
    estimated: false,
  };
}
