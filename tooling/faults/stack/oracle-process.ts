import { fileURLToPath } from 'node:url';
import { NodeProcess } from '../../processes/node-process.js';

const MAINS = {
  provider: new URL('../oracles/provider-process.mjs', import.meta.url),
  tool: new URL('../oracles/tool-process.mjs', import.meta.url),
};

/** How long a request may be in coming that meets an ordered fault. Milliseconds. */
const HIT_WITHIN_MS = 8_000;

interface Hit {
  type: 'hit';
  fault: number;
}

/** An oracle's process: takes orders, says when one has met a request, and is never harmed itself. */
export class OracleProcess {
  readonly #process: NodeProcess;
  readonly url: string;
  /** What it writes down. */
  readonly lines: string;
  readonly #waiting = new Map<number, (hit: boolean) => void>();

  private constructor(process: NodeProcess, url: string, lines: string) {
    this.#process = process;
    this.url = url;
    this.lines = lines;
    process.onMessage<Hit>((message) => {
      if (message.type === 'hit') this.#waiting.get(message.fault)?.(true);
    });
  }

  static async start(options: { name: keyof typeof MAINS; lines: string; log: string }): Promise<OracleProcess> {
    const { name, lines, log } = options;
    const main = fileURLToPath(MAINS[name]);
    const process = NodeProcess.launch({ name: `${name} oracle`, main, args: [lines], log, core: undefined });
    const url = await process.ready();
    if (url === undefined) throw new Error(`the ${name} oracle has no address`);
    return new OracleProcess(process, url, lines);
  }

  /** Orders a fault and waits until a request has met it; false when none came in time, and the order is taken back. */
  async order(fault: { number: number }): Promise<boolean> {
    const hit = new Promise<boolean>((resolve) => this.#waiting.set(fault.number, resolve));
    this.#process.send({ type: 'order', ...fault });
    const late = setTimeout(() => {
      this.#process.send({ type: 'cancel', number: fault.number });
      this.#waiting.get(fault.number)?.(false);
    }, HIT_WITHIN_MS);
    const met = await hit;
    clearTimeout(late);
    this.#waiting.delete(fault.number);
    return met;
  }

  /** Resolves when everything that has ended is written down. */
  async write(): Promise<void> {
    const written = this.#process.message('written', HIT_WITHIN_MS);
    this.#process.send({ type: 'write' });
    await written;
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}
