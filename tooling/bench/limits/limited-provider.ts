import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../processes/free-port.js';
import { NodeProcess } from '../../processes/node-process.js';
import { LIMITS, type LimitPart, PACE } from './limit-parts.js';

interface MeterReading {
  limit: number;
  /** In the 60 s that end now. */
  current: number;
  /** In the fullest 60 s. */
  peak: number;
  total: number;
}

/** What the provider itself counts, at the times at which requests arrived. */
export interface ProviderReadings {
  requests: MeterReading;
  tokens: MeterReading;
  refused: number;
}

/** A call as the provider saw it. */
export interface ArrivedCall {
  /** Milliseconds since 1970. */
  receivedAt: number;
  /** What the user said last. */
  text: string;
}

/** The LLM simulator as a process that refuses what is above the limits. */
export class LimitedProvider {
  readonly #process: NodeProcess;
  readonly url: string;

  private constructor(process: NodeProcess, url: string) {
    this.#process = process;
    this.url = url;
  }

  static async start(root: string, log: string, { answerTokens }: LimitPart): Promise<LimitedProvider> {
    const port = await freePort();
    const main = join(root, 'packages/testing/dist/llm-simulator/main.js');
    const args = ['--port', String(port), '--rpm', String(LIMITS.rpm), '--tpm', String(LIMITS.tpm)];
    const process = NodeProcess.launch({ name: 'provider', main, args, core: undefined, log });
    const provider = new LimitedProvider(process, `http://127.0.0.1:${port}`);
    const rules = answerTokens.map((tokens) => ({
      when: { lastUserTextIncludes: saysTokens(tokens) },
      reply: { tokens, ...PACE },
    }));
    for (let left = 200; ; left -= 1) {
      const answer = await provider.#control('rules', rules).catch((error: Error) => error);
      if (!(answer instanceof Error)) return provider;
      if (left === 0) throw new Error(`the provider does not answer: ${answer.message}`);
      await sleep(50);
    }
  }

  readings(): Promise<ProviderReadings> {
    return this.#control('limits');
  }

  /** The newest calls, oldest first. */
  async calls(count: number): Promise<ArrivedCall[]> {
    type Recorded = { receivedAt: number; request?: { lastUserText: string } };
    const recorded = await this.#control<Recorded[]>(`requests?limit=${count}`);
    return recorded.map(({ receivedAt, request }) => ({ receivedAt, text: request?.lastUserText ?? '' }));
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  async #control<T>(route: string, body?: object): Promise<T> {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${this.url}/__simulator/${route}`, init);
    if (!answer.ok) throw new Error(`provider: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

/** What a message holds so that its answer has so many tokens. */
export function saysTokens(tokens: number): string {
  return `in ${tokens} words`;
}
