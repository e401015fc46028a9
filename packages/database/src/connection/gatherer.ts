import { TroupeError } from '@troupe/contracts';

export interface GathererOptions<Input, Output> {
  /** Carries out several in one statement; the outputs in the order of the inputs. */
  together(inputs: readonly Input[]): Promise<readonly Output[]>;
  /** How many go together, at most. */
  most: number;
}

/** After this long a batch no longer keeps the next one waiting, in milliseconds: one of its rows may be locked by somebody. */
const PATIENCE_MS = 250;

interface Place<Input, Output> {
  input: Input;
  resolve(output: Output): void;
  reject(error: unknown): void;
}

/**
 * What is asked for at about the same time is carried out at once. One batch is under way; what comes meanwhile makes up the
 * next. So who is alone waits for nobody, and the more there is to do, the more of it shares a statement, a round trip and a
 * commit to disk. One input that Postgres refuses does not take the others with it.
 */
export class Gatherer<Input, Output> {
  readonly #options: GathererOptions<Input, Output>;
  #waiting: Place<Input, Output>[] = [];
  /** The batch for which the next one waits. */
  #underWay: object | undefined;
  #scheduled = false;

  constructor(options: GathererOptions<Input, Output>) {
    this.#options = options;
  }

  add(input: Input): Promise<Output> {
    const { promise, resolve, reject } = Promise.withResolvers<Output>();
    this.#waiting.push({ input, resolve, reject });
    this.#schedule();
    return promise;
  }

  /** Behind everything that has arrived by now: what came in one packet goes together. */
  #schedule(): void {
    if (this.#scheduled || this.#underWay || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#carryOut(this.#waiting.splice(0, this.#options.most));
    });
  }

  async #carryOut(batch: Place<Input, Output>[]): Promise<void> {
    this.#underWay = batch;
    const letNextGo = () => {
      if (this.#underWay !== batch) return;
      this.#underWay = undefined;
      this.#schedule();
    };
    const patience = setTimeout(letNextGo, PATIENCE_MS);
    try {
      const outputs = await this.#options.together(batch.map(({ input }) => input));
      for (const [index, place] of batch.entries()) place.resolve(outputs[index] as Output);
    } catch (error) {
      const oneByOne = batch.length > 1 && !isOutage(error);
      for (const place of batch) {
        if (oneByOne) void this.#alone(place);
        else place.reject(error);
      }
    } finally {
      clearTimeout(patience);
      letNextGo();
    }
  }

  async #alone({ input, resolve, reject }: Place<Input, Output>): Promise<void> {
    try {
      const [output] = await this.#options.together([input]);
      resolve(output as Output);
    } catch (error) {
      reject(error);
    }
  }
}

/** That Postgres could not be asked is no input's fault, and whether it did something is for who asked to find out. */
function isOutage(error: unknown): boolean {
  return error instanceof TroupeError && error.code === 'database_unavailable';
}
