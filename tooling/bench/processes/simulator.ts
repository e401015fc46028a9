import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NodeProcess } from '../../processes/node-process.js';

/** What the provider counted. */
export interface UpstreamStats {
  requests: number;
  inFlight: number;
  concurrentPeak: number;
  outcomes: Record<string, number>;
}

/** The model that asks for one call of `calculate` before it answers. */
export const TOOL_MODEL = 'sim-tool-50';

/** A title or a summary is answered at once, whatever the model's pace: they are paid for, but not what a paced cell is about. */
const AT_ONCE = { text: 'A story in parts', delayMs: 0, tokenDelayMs: 0 };

/** The first that matches answers. */
const RULES = [
  { when: { anyTextIncludes: 'You write titles' }, reply: AT_ONCE },
  { when: { anyTextIncludes: 'You write summaries' }, reply: AT_ONCE },
  { when: { model: TOOL_MODEL, endsWithToolResult: true }, reply: { tokens: 50 } },
  {
    when: { model: TOOL_MODEL, hasTools: true },
    reply: { toolCalls: [{ name: 'calculate', arguments: { expression: '6*7' } }] },
  },
];

/** The LLM simulator of packages/testing as a process: the provider of every measurement. */
export class Simulator {
  readonly #process: NodeProcess;
  readonly url: string;

  private constructor(process: NodeProcess, url: string) {
    this.#process = process;
    this.url = url;
  }

  static async start(options: {
    root: string;
    port: number;
    core: number | undefined;
    log: string;
  }): Promise<Simulator> {
    const main = join(options.root, 'packages/testing/dist/llm-simulator/main.js');
    const process = NodeProcess.launch({ name: 'simulator', main, args: ['--port', String(options.port)], ...options });
    const simulator = new Simulator(process, `http://127.0.0.1:${options.port}`);
    for (let left = 200; ; left -= 1) {
      const answer = await simulator.reset().catch((error: Error) => error);
      if (answer === undefined) return simulator;
      if (left === 0) throw new Error(`the simulator does not answer: ${answer.message}`);
      await sleep(50);
    }
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Sets the counts to zero. */
  async reset(): Promise<void> {
    await this.#control('reset', {});
    await this.#control('rules', RULES);
  }

  async stats(): Promise<UpstreamStats> {
    const stats = await this.#control<{ total: UpstreamStats }>('stats');
    return stats.total;
  }

  /** So many tokens of what the simulator says, from its own mouth. */
  async tokens(count: number): Promise<string[]> {
    const body = { model: `sim-tokens-${count}`, messages: [{ role: 'user', content: 'hello' }] };
    const answer = await fetch(`${this.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const completion = (await answer.json()) as { choices: { message: { content: string } }[] };
    const tokens = completion.choices[0]?.message.content.match(/\s*\S+/g) ?? [];
    if (tokens.length !== count) throw new Error(`the simulator said ${tokens.length} tokens instead of ${count}`);
    return tokens;
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  async #control<T>(route: string, body?: object): Promise<T> {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${this.url}/__simulator/${route}`, init);
    if (!answer.ok) throw new Error(`simulator: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
