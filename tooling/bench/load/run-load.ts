import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkTokens } from './check-tokens.js';
import { HttpConnection } from './http-connection.js';
import type { LoadJob, LoadResult } from './load-job.js';
import { OpenAiSpeaker } from './openai-speaker.js';
import { ReferenceSpeaker } from './reference-speaker.js';
import type { ReplyMeasure } from './reply-measure.js';
import type { Speaker } from './speaker.js';
import { TroupeSpeaker } from './troupe-speaker.js';

/** After a refusal or a broken connection a user waits so long, in milliseconds: a dead server is not asked in a tight loop. */
const PAUSE_AFTER_PROBLEM_MS = 100;

const SPEAKERS = { openai: OpenAiSpeaker, troupe: TroupeSpeaker, reference: ReferenceSpeaker };

/** Puts one load on one server and measures every answer. */
export async function runLoad(job: LoadJob): Promise<LoadResult> {
  const result: LoadResult = {
    elapsedMs: 0,
    replies: 0,
    firstTokenMs: [],
    totalMs: [],
    tailMs: [],
    lateMs: [],
    tokens: 0,
    tokenCharacters: 0,
    bodyCharacters: 0,
    lostTokens: 0,
    doubledTokens: 0,
    problems: {},
  };
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: job.users }, async (_, index) => {
      if (job.spreadMs > 0) await sleep((index * job.spreadMs) / job.users);
      await converse(job, startedAt, result);
    }),
  );
  result.elapsedMs = performance.now() - startedAt;
  result.lateMs.sort((a, b) => a - b);
  return result;
}

async function converse(job: LoadJob, startedAt: number, result: LoadResult): Promise<void> {
  const { durationMs = Number.POSITIVE_INFINITY, repliesPerUser = Number.POSITIVE_INFINITY } = job;
  const speaker: Speaker = new SPEAKERS[job.dialect](job);
  const connection = new HttpConnection();
  for (let count = 0; count < repliesPerUser && performance.now() - startedAt < durationMs; count += 1) {
    let problem: string | undefined;
    try {
      const measure = await speaker.ask(connection);
      problem = measure.problem;
      if (problem === undefined) add(result, job, measure);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    if (problem === undefined) continue;
    result.problems[problem] = (result.problems[problem] ?? 0) + 1;
    await sleep(PAUSE_AFTER_PROBLEM_MS);
  }
  result.threadId = speaker.threadId;
  connection.close();
}

function add(result: LoadResult, job: LoadJob, measure: ReplyMeasure): void {
  const { askedAt, pieces, endedAt } = measure;
  const check = checkTokens(
    pieces.map((piece) => piece.text),
    job.expected,
  );
  result.replies += 1;
  result.tokens += check.tokens;
  result.lostTokens += check.lost;
  result.doubledTokens += check.doubled;
  result.tokenCharacters += measure.tokenCharacters;
  result.bodyCharacters += measure.bodyCharacters;
  result.firstTokenMs.push((pieces[0]?.at ?? endedAt) - askedAt);
  result.tailMs.push(endedAt - (pieces.at(-1)?.at ?? endedAt));
  result.totalMs.push(endedAt - askedAt);
  if (job.schedule === undefined) return;
  const { firstTokenMs, tokenMs } = job.schedule;
  check.pieceOfToken.forEach((piece, index) => {
    const due = askedAt + firstTokenMs + index * tokenMs;
    result.lateMs.push((pieces[piece]?.at ?? endedAt) - due);
  });
}
