import type { JsonValue } from '@troupe/contracts';
import type { JobBackend, JobRecord, NewJob, RunningJob } from '@troupe/spec';

/** Jobs that are over and stay, so that their results can be read. */
const KEPT_JOBS = 1_000;

type Run = (job: RunningJob) => Promise<JsonValue>;

interface KeptJob extends NewJob {
  record: JobRecord;
}

/** Jobs of this process: they end with it. Oldest first. */
export class MemoryJobBackend implements JobBackend {
  readonly #jobs = new Map<string, KeptJob>();
  readonly #over: string[] = [];
  readonly #due: KeptJob[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Woken when a job is due. */
  readonly #takers = new Set<() => void>();

  async add(job: NewJob): Promise<void> {
    const { id, name, payload } = job;
    // Copied, as it would be on its way through a store.
    const record: JobRecord = { id, name, payload: structuredClone(payload), status: 'pending', attempts: 0 };
    const kept = { ...job, record };
    this.#jobs.set(id, kept);
    this.#becomeDue(kept, job.delayMs);
  }

  async get(id: string): Promise<JobRecord | undefined> {
    const kept = this.#jobs.get(id);
    return kept && structuredClone(kept.record);
  }

  work(run: Run, { concurrency }: { concurrency: number }): () => Promise<void> {
    const underWay = new Set<Promise<void>>();
    const take = () => {
      while (underWay.size < concurrency) {
        const job = this.#due.shift();
        if (!job) return;
        const running = this.#run(job, run).then(() => {
          underWay.delete(running);
          if (this.#takers.has(take)) take();
        });
        underWay.add(running);
      }
    };
    this.#takers.add(take);
    take();
    return async () => {
      this.#takers.delete(take);
      await Promise.all(underWay);
    };
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Never rejects. */
  async #run(job: KeptJob, run: Run): Promise<void> {
    const { record, attempts, backoffMs } = job;
    const { id, name, payload } = record;
    record.attempts += 1;
    record.status = 'processing';
    try {
      record.result = structuredClone(
        await run({ id, name, payload: structuredClone(payload), attempt: record.attempts }),
      );
      record.status = 'completed';
    } catch (error) {
      if (record.attempts < attempts) {
        record.status = 'pending';
        this.#becomeDue(job, backoffMs * 2 ** (record.attempts - 1));
        return;
      }
      record.error = error instanceof Error ? error.message : String(error);
      record.status = 'failed';
    }
    this.#over.push(id);
    if (this.#over.length > KEPT_JOBS) this.#jobs.delete(this.#over.shift() ?? '');
  }

  #becomeDue(job: KeptJob, afterMs: number): void {
    const due = () => {
      this.#due.push(job);
      for (const take of this.#takers) take();
    };
    if (afterMs <= 0) {
      due();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      due();
    }, afterMs);
    this.#timers.add(timer);
  }
}
