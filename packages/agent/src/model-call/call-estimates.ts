import type { ModelId } from '@troupe/contracts';
import type {
  CallExperience,
  CallExperienceOfModel,
  CallLimits,
  CallTokens,
  ChatModel,
  ModelRequest,
  ModelUsage,
} from '@troupe/spec';
import type { CallClock } from './call-ports.js';

/** A request with what its characters say that it takes: counted once, asked for several times. Tokens. */
export interface SizedRequest {
  request: ModelRequest;
  inputTokens: number;
}

/** Of a request that sets no limit to a model of which nothing is known. Tokens. */
export const USUAL_OUTPUT = 1_024;
/** A guess never takes more of a limit than this, so that no guess makes a small limit unusable. */
const LARGEST_SHARE = 1 / 4;
/** How fast a large observation is forgotten: after about 35 calls half of it is left. */
const FORGET = 0.98;
const MAX_MODELS = 1_000;
/** How often one process tells the others what a model's calls take, and asks them while it does not know. Milliseconds. */
const TELL_EVERY_MS = 5_000;
const ASK_EVERY_MS = 1_000;

/** When this process last told the others of a model, or asked them. On the clock of calls; milliseconds. */
interface Exchange {
  toldAt: number;
  askedAt: number;
  answer: Promise<void> | undefined;
}

/**
 * What calls will take, learned from what they took: a little more than the latest of them did, so that settling gives
 * back more often than it takes.
 */
export class CallEstimates {
  readonly #learned = new Map<ModelId, CallExperienceOfModel>();
  readonly #exchanges = new Map<ModelId, Exchange>();
  readonly #experience: CallExperience | undefined;
  readonly #clock: Pick<CallClock, 'now'>;

  constructor({ experience, clock }: { experience?: CallExperience | undefined; clock: Pick<CallClock, 'now'> }) {
    this.#experience = experience;
    this.#clock = clock;
  }

  /** Waits for what other processes know of a model that this one has not heard from yet. Never throws. */
  async recall(model: ModelId): Promise<void> {
    if (this.#experience === undefined || this.#learned.has(model)) return;
    const exchange = this.#exchangeOf(model);
    if (this.#clock.now() - exchange.askedAt >= ASK_EVERY_MS) {
      exchange.askedAt = this.#clock.now();
      exchange.answer = this.#experience.recall(model).then((known) => {
        if (known && !this.#learned.has(model)) this.#learned.set(model, known);
      });
    }
    await exchange.answer;
  }

  of(model: ChatModel, { request, inputTokens }: SizedRequest, limits: CallLimits = {}): CallTokens {
    const learned = this.#learned.get(model.id);
    const input = Math.ceil(inputTokens * (learned?.inputRatio ?? 1));
    const allowed = request.settings?.max_tokens;
    // Some providers charge what is allowed when they let the call in, whatever is written then.
    if (allowed !== undefined && model.capabilities.metersOutput === 'at_admission') return { input, output: allowed };
    const limit = Math.min(limits.tpm ?? Number.POSITIVE_INFINITY, limits.outputTpm ?? Number.POSITIVE_INFINITY);
    const guess = Math.min(learned?.output ?? USUAL_OUTPUT, limit * LARGEST_SHARE);
    return { input, output: Math.ceil(Math.min(guess, allowed ?? Number.POSITIVE_INFINITY)) };
  }

  /** For money: no answer is to cost more than was set aside, where anybody knows how long it can be. */
  most(model: ChatModel, sized: SizedRequest): CallTokens {
    const { input, output } = this.of(model, sized);
    return { input, output: sized.request.settings?.max_tokens ?? model.capabilities.maxOutputTokens ?? output };
  }

  /** What the provider counts against its limits. */
  charged(model: ChatModel, request: ModelRequest, usage: ModelUsage): CallTokens {
    const { metersCachedInput, metersOutput } = model.capabilities;
    const allowed = metersOutput === 'at_admission' ? (request.settings?.max_tokens ?? 0) : 0;
    return {
      input: usage.inputTokens - (metersCachedInput ? 0 : usage.cachedInputTokens),
      output: Math.max(usage.outputTokens, allowed),
    };
  }

  learn(model: ModelId, { inputTokens: guessed }: SizedRequest, usage: ModelUsage): void {
    if (usage.estimated) return;
    const before = this.#learned.get(model);
    const ratio = guessed > 0 ? usage.inputTokens / guessed : 1;
    if (this.#learned.size >= MAX_MODELS) this.#learned.clear();
    const learned = {
      inputRatio: Math.max(ratio, (before?.inputRatio ?? 0) * FORGET),
      output: Math.max(usage.outputTokens, (before?.output ?? 0) * FORGET),
    };
    this.#learned.set(model, learned);
    this.#tell(model, learned);
  }

  #tell(model: ModelId, learned: CallExperienceOfModel): void {
    if (this.#experience === undefined) return;
    const exchange = this.#exchangeOf(model);
    const now = this.#clock.now();
    if (now - exchange.toldAt < TELL_EVERY_MS) return;
    exchange.toldAt = now;
    void this.#experience.tell(model, learned);
  }

  #exchangeOf(model: ModelId): Exchange {
    const known = this.#exchanges.get(model);
    if (known) return known;
    if (this.#exchanges.size >= MAX_MODELS) this.#exchanges.clear();
    const exchange = {
      toldAt: Number.NEGATIVE_INFINITY,
      askedAt: Number.NEGATIVE_INFINITY,
      answer: undefined,
    };
    this.#exchanges.set(model, exchange);
    return exchange;
  }
}
