import type { RequestOutcome } from './recorded-request.js';
import { SlidingWindow } from './sliding-window.js';

export interface TrafficStats {
  requests: number;
  inFlight: number;
  concurrentPeak: number;
  outcomes: Partial<Record<RequestOutcome, number>>;
  inputTokens: number;
  outputTokens: number;
  /** In the sliding window that ends now, and the most in any window so far. */
  window: { lengthMs: number; requests: number; tokens: number; peakRequests: number; peakTokens: number };
}

/** Counts for one provider, one model or all: what a vendor's rate limiter would see. */
export class TrafficCounter {
  #requests = 0;
  #inFlight = 0;
  #concurrentPeak = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  readonly #outcomes: Partial<Record<RequestOutcome, number>> = {};
  readonly #requestWindow: SlidingWindow;
  readonly #tokenWindow: SlidingWindow;

  constructor(private readonly windowMs: number) {
    this.#requestWindow = new SlidingWindow(windowMs);
    this.#tokenWindow = new SlidingWindow(windowMs);
  }

  started(time: number): void {
    this.#requests += 1;
    this.#inFlight += 1;
    this.#concurrentPeak = Math.max(this.#concurrentPeak, this.#inFlight);
    this.#requestWindow.add(time, 1);
  }

  /** Input tokens count from the moment the request is read, output tokens when it ends. */
  tokens(time: number, input: number, output: number): void {
    this.#inputTokens += input;
    this.#outputTokens += output;
    this.#tokenWindow.add(time, input + output);
  }

  ended(outcome: RequestOutcome): void {
    this.#inFlight -= 1;
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
  }

  stats(time: number): TrafficStats {
    return {
      requests: this.#requests,
      inFlight: this.#inFlight,
      concurrentPeak: this.#concurrentPeak,
      outcomes: { ...this.#outcomes },
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      window: {
        lengthMs: this.windowMs,
        requests: this.#requestWindow.current(time),
        tokens: this.#tokenWindow.current(time),
        peakRequests: this.#requestWindow.peak,
        peakTokens: this.#tokenWindow.peak,
      },
    };
  }
}
