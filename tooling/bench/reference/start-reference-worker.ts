import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { Agent } from 'undici';
import { askProvider } from './ask-provider.js';
import { EventGatherer, type GatheredEvent } from './event-gatherer.js';
import { ReferenceStore } from './reference-store.js';
import { QUEUE, type RunJob } from './run-job.js';

const CONCURRENCY = 500;
/** For how long the events of a run can be read after its end, in seconds. */
const KEPT_S = 3_600;

export interface ReferenceWorkerOptions {
  databaseUrl: string;
  redisUrl: string;
  /** Origin, without a path. */
  providerUrl: string;
}

/** The worker of the reference: a run is a job, one SELECT, one call of the provider, one INSERT. */
export async function startReferenceWorker({
  databaseUrl,
  redisUrl,
  providerUrl,
}: ReferenceWorkerOptions): Promise<void> {
  const store = new ReferenceStore(databaseUrl);
  const redis = new Redis(redisUrl);
  const dispatcher = new Agent();
  const events = new EventGatherer((gathered) => void send(redis, gathered));

  const advance = async (job: RunJob) => {
    let answer = '';
    try {
      const messages = await store.messagesOf(job.thread);
      await askProvider({ providerUrl, model: job.model, messages, dispatcher }, (text) => {
        answer += text;
        events.text(job, text);
      });
      await store.addAnswer(job.thread, answer);
      events.end(job, {});
    } catch (error) {
      events.end(job, { error: error instanceof Error ? error.message : String(error) });
    }
  };

  const worker = new Worker<RunJob>(QUEUE, ({ data }) => advance(data), {
    // BullMQ's workers block on Redis, for ever if need be.
    connection: new Redis(redisUrl, { maxRetriesPerRequest: null }),
    concurrency: CONCURRENCY,
  });
  await worker.waitUntilReady();
}

/** A refusal of Redis ends the process: the load client then misses the answers. */
async function send(redis: Redis, gathered: readonly GatheredEvent[]): Promise<void> {
  const pipeline = redis.pipeline();
  for (const { channel, ...event } of gathered) {
    const text = JSON.stringify(event);
    const key = `run:${event.run}`;
    pipeline.xadd(key, '*', 'event', text);
    pipeline.publish(channel, text);
    if (event.end) pipeline.expire(key, KEPT_S);
  }
  const answers = await pipeline.exec();
  const refusal = answers?.find(([error]) => error !== null)?.[0];
  if (refusal) throw refusal;
}
