import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';

/** The file has types that Node strips itself, so a real process can run it from source. */
const MODULE = new URL('./run-process.ts', import.meta.url).href;

const LOGGER = `
const write = (level) => (first, second) => console.log(level, second ?? first, first?.err?.message ?? '');
const logger = { info: write('info'), error: write('error'), fatal: write('fatal') };`;

/** A real process whose app is the given `start` function's source, with an IPC channel to this one. */
class Child {
  readonly process: ChildProcess;
  readonly messages: unknown[] = [];
  readonly #ended: Promise<unknown>;
  output = '';

  constructor(start: string) {
    const program = `import { runProcess } from '${MODULE}';${LOGGER}
      await runProcess({ name: 'app', logger, stopWithinMs: 400, start: ${start} });`;
    this.process = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.process.stdout?.on('data', (chunk) => {
      this.output += chunk;
    });
    this.process.on('message', (message) => this.messages.push(message));
    // Not 'close': it never comes after the parent closed the IPC channel.
    this.#ended = Promise.all([once(this.process, 'exit'), this.process.stdout && once(this.process.stdout, 'close')]);
  }

  async prints(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.process.exitCode !== null) throw new Error(`ended without printing "${text}":\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async exitCode(): Promise<number | null> {
    await this.#ended;
    return this.process.exitCode;
  }
}

/** Something that keeps the process alive, as a server would. */
const KEEP = 'setInterval(() => {}, 1000);';
const HEALTHY = `async () => { ${KEEP} return { url: 'http://127.0.0.1:1', stop: async () => console.log('closed') }; }`;
const HANGING = `async () => { ${KEEP} return { stop: () => new Promise(() => {}) }; }`;

describe('runProcess', () => {
  let child: Child;
  afterEach(() => {
    if (child.process.exitCode === null) child.process.kill('SIGKILL');
  });

  it('tells its parent where it is ready', async () => {
    child = new Child(HEALTHY);
    await child.prints('app is ready');
    child.process.kill('SIGTERM');
    await child.exitCode();
    expect(child.messages).toEqual([{ type: 'ready', url: 'http://127.0.0.1:1' }]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops cleanly on %s', async (signal) => {
    child = new Child(HEALTHY);
    await child.prints('app is ready');
    child.process.kill(signal);
    expect(await child.exitCode()).toBe(0);
    expect(child.output).toContain('closed');
  });

  it('stops when its parent is gone', async () => {
    child = new Child(HEALTHY);
    await child.prints('app is ready');
    child.process.disconnect();
    expect(await child.exitCode()).toBe(0);
    expect(child.output).toContain('closed');
  });

  it('ends with 1 when the stop takes longer than its limit', async () => {
    child = new Child(HANGING);
    await child.prints('app is ready');
    child.process.kill('SIGTERM');
    expect(await child.exitCode()).toBe(1);
    expect(child.output).toContain('did not stop within 0.4 s');
  });

  it('ends at once on a second signal', async () => {
    child = new Child(HANGING);
    await child.prints('app is ready');
    child.process.kill('SIGTERM');
    await child.prints('app is stopping');
    child.process.kill('SIGTERM');
    expect(await child.exitCode()).toBe(143);
  });

  it('finishes a start that a signal interrupts, then stops', async () => {
    child = new Child(`async () => {
      console.log('starting');
      await new Promise((resolve) => setTimeout(resolve, 150));
      return { stop: async () => console.log('closed') };
    }`);
    await child.prints('starting');
    child.process.kill('SIGTERM');
    expect(await child.exitCode()).toBe(0);
    expect(child.output).toContain('closed');
  });

  it('ends with 1 and the reason when it cannot start', async () => {
    child = new Child(`async () => { ${KEEP} throw new Error('no database'); }`);
    expect(await child.exitCode()).toBe(1);
    expect(child.output).toContain('fatal app could not start no database');
    expect(child.messages).toEqual([]);
  });

  it('stops and ends with 1 on an exception that nobody caught', async () => {
    child = new Child(`async () => {
      setTimeout(() => { throw new Error('thrown in a timer'); }, 20);
      return { stop: async () => console.log('closed') };
    }`);
    expect(await child.exitCode()).toBe(1);
    expect(child.output).toContain('thrown in a timer');
    expect(child.output).toContain('closed');
  });

  it('logs a rejection that nobody handles and goes on', async () => {
    child = new Child(
      `async () => { ${KEEP} Promise.reject(new Error('forgotten')); return { stop: async () => {} }; }`,
    );
    await child.prints('forgotten');
    await child.prints('app is ready');
    child.process.kill('SIGTERM');
    expect(await child.exitCode()).toBe(0);
  });
});
