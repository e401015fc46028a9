import type { ModelId } from '@troupe/contracts';
import type { CallLimits, CallTokens, ChatModel, ModelRequest, ModelUsage } from '@troupe/spec';

/** A request with what its characters say that it takes: counted once, asked for several times. Tokens. */
export interface SizedRequest {
  request: ModelRequest;
  inputTokens: number;
}

/** Of a model that nobody has asked yet. Tokens. */
const FIRST_OUTPUT = 1_024;
/** A guess never takes more of a limit than this, so that no guess makes a small limit unusable. */
const LARGEST_SHARE = 1 / 4;
/** How fast a large observation is forgotten: after about 35 calls half of it is left. */
const FORGET = 0.98;
const MAX_MODELS = 1_000;

interface Learned {
  /** Input tokens that were counted, by those that were guessed from the characters. */
  inputRatio: number;
  /** What an answer takes at most, of late. Tokens. */
  output: number;
}

/**
 * What calls will take, learned from what they took: a little more than the latest of them did, so that settling gives
 * back more often than it takes.
 */
export class CallEstimates {
  readonly #learned = new Map<ModelId, Learned>();

  of(model: ChatModel, { request, inputTokens }: SizedRequest, limits: CallLimits = {}): CallTokens {
    const learned = this.#learned.get(model.id);
    const input = Math.ceil(inputTokens * (learned?.inputRatio ?? 1));
    const allowed = request.settings?.max_tokens;
    // Some providers charge what is allowed when they let the call in, whatever is written then.
    if (allowed !== undefined && model.capabilities.metersOutput === 'at_admission') return { input, output: allowed };
    const limit = Math.min(limits.tpm ?? Number.POSITIVE_INFINITY, limits.outputTpm ?? Number.POSITIVE_INFINITY);
    const guess = Math.min(learned?.output ?? FIRST_OUTPUT, limit * LARGEST_SHARE);
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
    this.#learned.set(model, {
      inputRatio: Math.max(ratio, (before?.inputRatio ?? 0) * FORGET),
      output: Math.max(usage.outputTokens, (before?.output ?? 0) * FORGET),
    });
  }
}
